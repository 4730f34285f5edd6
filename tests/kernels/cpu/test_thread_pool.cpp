// The thread pool: every worker is called once per run, shares cover everything once, and writes of
// the bodies reach the caller. Run it under ThreadSanitizer (preset tsan) too.
#include "kernels/cpu/thread_pool.h"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

using namespace inferlab;

TEST_CASE("shares cover 0 .. n - 1 once, in order, cut at multiples of the grain")
{
    for (int64_t n : {0, 1, 2, 7, 8, 9, 63, 64, 65, 1000}) {
        for (int workers : {1, 2, 3, 8, 17}) {
            for (int64_t grain : {1, 4, 16, 2000}) {
                CAPTURE(n);
                CAPTURE(workers);
                CAPTURE(grain);
                int64_t next = 0;
                int64_t smallest = n;
                int64_t largest = 0;
                for (int worker = 0; worker < workers; ++worker) {
                    const Range range = split(n, worker, workers, grain);
                    REQUIRE(range.begin == next);
                    REQUIRE(range.end >= range.begin);
                    REQUIRE((range.end % grain == 0 || range.end == n));
                    next = range.end;
                    smallest = std::min(smallest, range.end - range.begin);
                    largest = std::max(largest, range.end - range.begin);
                }
                CHECK(next == n);
                CHECK(largest - smallest <= 2 * grain);
            }
        }
    }
}

TEST_CASE("every worker is called once per run, and the caller sees what it wrote")
{
    for (int threads : {1, 2, 3, 8}) {
        CAPTURE(threads);
        ThreadPool pool(threads);
        REQUIRE(pool.threads() == threads);
        std::vector<int64_t> calls(static_cast<size_t>(threads), 0); // plain memory, on purpose
        const int64_t runs = 3000;
        for (int64_t i = 0; i < runs; ++i) {
            pool.run([&](int worker, int workers) {
                calls[static_cast<size_t>(worker)] += workers == threads ? 1 : 1000000;
            });
            REQUIRE(std::accumulate(calls.begin(), calls.end(), int64_t {0}) == (i + 1) * threads);
        }
        for (int64_t count : calls)
            CHECK(count == runs);
    }
}

TEST_CASE("worker 0 is the calling thread")
{
    ThreadPool pool(3);
    std::vector<std::thread::id> ids(3);
    pool.run(
        [&](int worker, int) { ids[static_cast<size_t>(worker)] = std::this_thread::get_id(); });
    CHECK(ids[0] == std::this_thread::get_id());
    CHECK(ids[1] != ids[0]);
    CHECK(ids[2] != ids[0]);
    CHECK(ids[1] != ids[2]);
}

TEST_CASE("workers that fell asleep wake for the next run, and a slow worker is waited for")
{
    using namespace std::chrono_literals;
    ThreadPool pool(4);
    std::vector<int> values(4, 0);
    for (int round = 1; round <= 20; ++round) {
        if (round % 2 == 0)
            std::this_thread::sleep_for(1ms); // far beyond the spinning
        pool.run([&](int worker, int) {
            if (worker == round % 4)
                std::this_thread::sleep_for(1ms);
            values[static_cast<size_t>(worker)] = round;
        });
        for (int value : values)
            REQUIRE(value == round);
    }
}

TEST_CASE("pools start and end in any order, used or not")
{
    for (int i = 0; i < 200; ++i) {
        ThreadPool unused(3);
        ThreadPool first(2);
        ThreadPool second(5);
        int64_t sum = 0;
        std::vector<int64_t> parts(5, 0);
        first.run([&](int worker, int) { parts[static_cast<size_t>(worker)] = 1; });
        second.run([&](int worker, int) { parts[static_cast<size_t>(worker)] += 10; });
        for (int64_t part : parts)
            sum += part;
        REQUIRE(sum == 52);
    }
}
