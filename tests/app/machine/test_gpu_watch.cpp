// A GPU's driver is asked on a thread of its own: answers come in order, a driver that takes its
// time keeps nobody waiting, and nobody is asked while nobody looks.
#include "app/machine/gpu_watch.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

GpuStatus busy(int percent)
{
    GpuStatus status;
    status.busyPercent = percent;
    return status;
}

// Those that came until there are `count`, or ten seconds are over.
std::vector<std::optional<GpuStatus>> answersOf(GpuWatch &watch, size_t count)
{
    std::vector<std::optional<GpuStatus>> all;
    for (const auto end = Clock::now() + 10s; all.size() < count && Clock::now() < end;) {
        for (const std::optional<GpuStatus> &answer : watch.drain())
            all.push_back(answer);
        std::this_thread::sleep_for(1ms);
    }
    return all;
}

} // namespace

TEST_CASE("answers come in order, also the one that was none")
{
    std::atomic<int> asked = 0;
    GpuWatch watch(
        [&asked]() -> std::optional<GpuStatus> {
            const int n = asked++;
            return n == 1 ? std::nullopt : std::optional(busy(n));
        },
        1ms);
    watch.setWatching(true);
    const auto answers = answersOf(watch, 3);
    REQUIRE(answers.size() >= 3);
    CHECK(answers[0]->busyPercent == 0);
    CHECK_FALSE(answers[1]);
    CHECK(answers[2]->busyPercent == 2);
}

TEST_CASE("nobody is asked while nobody looks")
{
    std::atomic<int> asked = 0;
    GpuWatch watch(
        [&asked] {
            ++asked;
            return std::optional(busy(1));
        },
        1ms);
    std::this_thread::sleep_for(20ms);
    CHECK(asked == 0);
    watch.setWatching(true);
    CHECK_FALSE(answersOf(watch, 2).empty());
    watch.setWatching(false);
    std::this_thread::sleep_for(50ms); // the one that is on its way
    const int before = asked;
    std::this_thread::sleep_for(50ms);
    CHECK(asked == before);
}

TEST_CASE("a driver that takes its time keeps nobody waiting")
{
    std::promise<void> answer;
    const std::shared_future<void> answered = answer.get_future().share();
    std::atomic<bool> asked = false;
    GpuWatch watch([&] {
        asked = true;
        answered.wait();
        return std::optional(busy(7));
    });
    const auto begin = Clock::now();
    watch.setWatching(true);
    while (!asked)
        std::this_thread::yield();
    CHECK(watch.drain().empty());
    watch.setWatching(false);
    watch.setWatching(true);
    CHECK(watch.drain().empty());
    CHECK(Clock::now() - begin < 5s); // it would have waited for ever
    answer.set_value();
    CHECK(answersOf(watch, 1).front()->busyPercent == 7);
}

TEST_CASE("the newest are kept when nobody fetches them")
{
    std::atomic<int> asked = 0;
    GpuWatch watch([&asked] { return std::optional(busy(asked++)); }, 0ms);
    watch.setWatching(true);
    while (asked < 200)
        std::this_thread::yield();
    watch.setWatching(false);
    const auto answers = watch.drain();
    REQUIRE(answers.size() == GpuWatch::kMostKept);
    CHECK(*answers.back()->busyPercent >= 198);
    CHECK(*answers.back()->busyPercent - *answers.front()->busyPercent
          == static_cast<int>(GpuWatch::kMostKept) - 1);
}

TEST_CASE("a watch goes while its driver never answers, and what the driver needs stays until then")
{
    struct Driver
    {
        std::promise<void> answer;
        std::shared_future<void> answered = answer.get_future().share();
        std::atomic<int> asked = 0;
    };
    auto driver = std::make_shared<Driver>();
    const std::weak_ptr<Driver> seen = driver;
    auto watch = std::make_unique<GpuWatch>([driver] {
        ++driver->asked;
        driver->answered.wait();
        return std::optional(busy(7));
    });
    watch->setWatching(true);
    while (driver->asked == 0)
        std::this_thread::yield();
    std::promise<void> answer = std::move(driver->answer);
    driver.reset();

    const auto begin = Clock::now();
    watch.reset();
    CHECK(Clock::now() - begin < GpuWatch::kLastWait + 5s); // it would have waited for ever
    CHECK_FALSE(seen.expired());
    answer.set_value();
    for (const auto end = Clock::now() + 10s; !seen.expired() && Clock::now() < end;)
        std::this_thread::sleep_for(1ms);
    CHECK(seen.expired()); // the thread ended: it asked once
}
