// The emulation itself: correct kernels give their results in every order of threads, and each kind
// of wrong kernel shows.
#include "cuda_runtime.h"

#include "device_memory.h"
#include "failing_launch.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::emulation;

namespace {

// Each thread writes its number and reads its neighbour's: right only with a barrier between.
std::vector<int> readNeighbours(bool barrier, int step)
{
    std::vector<int> out(kThreads);
    const std::string failure = failureOf({}, [&] {
        auto *shared = reinterpret_cast<int *>(sharedMemory());
        shared[threadIdx.x] = static_cast<int>(threadIdx.x);
        if (barrier)
            __syncthreads();
        out[threadIdx.x] =
            shared[(threadIdx.x + kThreads + static_cast<unsigned>(step)) % kThreads];
    });
    CHECK(failure == "");
    return out;
}

bool areNeighbours(const std::vector<int> &values, int step)
{
    for (unsigned i = 0; i < kThreads; ++i) {
        if (values[i] != static_cast<int>((i + kThreads + static_cast<unsigned>(step)) % kThreads))
            return false;
    }
    return true;
}

} // namespace

TEST_CASE("with a barrier neighbours read each other in every order")
{
    for (const uint64_t order : kOrders) {
        CAPTURE(order);
        setThreadOrder(order);
        CHECK(areNeighbours(readNeighbours(true, 1), 1));
        CHECK(areNeighbours(readNeighbours(true, -1), -1));
    }
    setThreadOrder(0);
}

TEST_CASE("a missing barrier shows in every shuffled order, whichever way threads read")
{
    for (const uint64_t order : kOrders) {
        if (order == 0)
            continue; // by index: reading the lower neighbour comes out right
        CAPTURE(order);
        setThreadOrder(order);
        CHECK_FALSE(areNeighbours(readNeighbours(false, 1), 1));
        CHECK_FALSE(areNeighbours(readNeighbours(false, -1), -1));
    }
    setThreadOrder(0);
    CHECK_FALSE(areNeighbours(readNeighbours(false, 1), 1));
}

TEST_CASE("a missing barrier of a warp shows too")
{
    for (const bool barrier : {true, false}) {
        setThreadOrder(7);
        bool right = true;
        const std::string failure = failureOf({32, 32 * sizeof(int)}, [&] {
            auto *shared = reinterpret_cast<int *>(sharedMemory());
            shared[threadIdx.x] = static_cast<int>(threadIdx.x);
            if (barrier)
                __syncwarp();
            right = right && shared[31 - threadIdx.x] == static_cast<int>(31 - threadIdx.x);
        });
        CHECK(failure == "");
        CHECK(right == barrier);
    }
    setThreadOrder(0);
}

// Warps hand each other numbers, step after step; what the last barrier of a step keeps apart is
// that a warp writes the next number and that the other one has read the last. Between them lies a
// shuffle, so that threads which take turns one by one never get into each other's way.
bool handOver(bool barrier)
{
    constexpr int kSteps = 4;
    bool right = true;
    const std::string failure = failureOf({}, [&] {
        auto *shared = reinterpret_cast<int *>(sharedMemory());
        const auto self = static_cast<int>(threadIdx.x);
        const int other = (self + 32) % static_cast<int>(kThreads);
        for (int step = 0; step < kSteps; ++step) {
            shared[self] = 100 * step + self;
            __syncthreads();
            const int value = shared[other];
            right = right && __shfl_xor_sync(0xffffffffu, value, 0) == 100 * step + other;
            if (barrier)
                __syncthreads();
        }
    });
    CHECK(failure == "");
    return right;
}

TEST_CASE("a missing barrier between warps that run abreast shows in every seeded order")
{
    for (const uint64_t order : kOrders) {
        CAPTURE(order);
        setThreadOrder(order);
        for (int i = 0; i < 20; ++i)
            CHECK(handOver(true));
        bool isRight = true;
        for (int i = 0; i < 20; ++i) // as a grid of 20 blocks
            isRight = handOver(false) && isRight;
        CHECK(isRight == (order == 0)); // by index the warps stay abreast, and nothing shows
    }
    setThreadOrder(0);
}

// Both warps add to one number, many times; with `turns` one after the other.
float addTogether(bool turns)
{
    constexpr int kTimes = 10000;
    float result = 0.0f;
    const std::string failure = failureOf({}, [&] {
        auto *sum = reinterpret_cast<float *>(sharedMemory());
        const unsigned warp = threadIdx.x / 32;
        if (threadIdx.x == 0)
            *sum = 0.0f;
        __syncthreads();
        for (unsigned turn = 0; turn < 2; ++turn) {
            for (int i = 0; i < kTimes && threadIdx.x % 32 == 0 && turn == warp; ++i)
                *sum = __fadd_rn(*sum, 1.0f);
            if (turns)
                __syncthreads();
        }
        __syncthreads();
        result = *sum;
    });
    CHECK(failure == "");
    return result;
}

TEST_CASE("warps rest in the middle of arithmetic: an addition that nothing protects gets lost")
{
    for (const uint64_t order : kOrders) {
        CAPTURE(order);
        setThreadOrder(order);
        CHECK(addTogether(true) == 20000.0f);
        if (order != 0)
            CHECK(addTogether(false) < 20000.0f);
    }
    setThreadOrder(0);
}

TEST_CASE("shared memory begins as NaN")
{
    bool allNan = true;
    failureOf({}, [&] {
        allNan = allNan && std::isnan(reinterpret_cast<const float *>(sharedMemory())[threadIdx.x]);
    });
    CHECK(allNan);
}

TEST_CASE("writing behind the shared memory is found")
{
    CHECK(failureOf({},
                    [] {
                        if (threadIdx.x == 0)
                            reinterpret_cast<int *>(sharedMemory())[kThreads] = 1;
                    })
              .find("wrote behind")
          != std::string::npos);
}

TEST_CASE("a barrier or a shuffle that some threads miss is found")
{
    CHECK(failureOf({},
                    [] {
                        if (threadIdx.x % 2 == 0)
                            __syncwarp();
                        else
                            __syncthreads();
                    })
              .find("never come")
          != std::string::npos);
    CHECK(failureOf({},
                    [] {
                        if (threadIdx.x != 3)
                            __shfl_sync(0xffffffffu, 1, 0);
                    })
              .find("never come")
          != std::string::npos);
}

TEST_CASE("lanes that meet at different operations, and operations of part of a warp, are found")
{
    CHECK(failureOf({},
                    [] {
                        if (threadIdx.x % 2 == 0)
                            __syncwarp();
                        else
                            __shfl_sync(0xffffffffu, 1, 0);
                    })
              .find("different operations")
          != std::string::npos);
    CHECK(failureOf({}, [] { __syncwarp(0xffffu); }).find("whole warps") != std::string::npos);
}

TEST_CASE("threads that have ended count at barriers, as on a device")
{
    int passed = 0;
    CHECK(failureOf({},
                    [&] {
                        if (threadIdx.x >= 32)
                            return;
                        __syncthreads();
                        ++passed;
                    })
          == "");
    CHECK(passed == 32);
}

TEST_CASE("blocks that no device takes are refused")
{
    CHECK(failureOf({48, 0}, [] {}).find("48 threads") != std::string::npos);
    CHECK(failureOf({2048, 0}, [] {}).find("2048 threads") != std::string::npos);
    CHECK(failureOf({32, size_t {1} << 20}, [] {}).find("shared memory") != std::string::npos);
}

TEST_CASE("a kernel that overlaps reads what the one before wrote only once it has waited")
{
    constexpr unsigned kBlocks = 3;
    const auto launchOf = [](bool overlaps, std::function<void()> thread) {
        Launch launch;
        launch.grid = {kBlocks, 1, 1};
        launch.block = {kThreads, 1, 1};
        launch.overlaps = overlaps;
        launch.thread = std::move(thread);
        return launch;
    };
    const auto index = [] { return blockIdx.x * kThreads + threadIdx.x; };
    for (const uint64_t order : kOrders) {
        CAPTURE(order);
        setThreadOrder(order);
        std::vector<int> first(size_t {kBlocks} * kThreads, 0);
        std::vector<int> read(first.size(), -1);
        std::vector<int> last(first.size(), -1);
        const Launch writing = launchOf(false, [&] { first[index()] = 1; });
        // Neighbours' elements, and a barrier on the way.
        const Launch waiting = launchOf(true, [&] {
            waitForLaunchBefore();
            __syncthreads();
            read[index()] = first[(index() + 1) % first.size()];
        });
        const Launch following = launchOf(true, [&] {
            waitForLaunchBefore();
            last[index()] = read[(index() + 1) % read.size()];
        });
        runLaunch(writing, &waiting);
        CHECK(read == std::vector<int>(first.size(), -1));
        runLaunch(waiting, &following);
        runLaunch(following);
        CHECK(read == std::vector<int>(first.size(), 1));
        CHECK(last == read);

        const Launch clearing = launchOf(false, [&] { first[index()] = 2; });
        const Launch early = launchOf(true, [&] {
            const int before = first[index()];
            waitForLaunchBefore();
            read[index()] = before;
        });
        runLaunch(clearing, &early);
        runLaunch(early);
        CHECK(read[0] == 1); // of the first block; those after it begin later
        CHECK(read[2 * kThreads] == 2);

        const Launch never = launchOf(true, [&] {
            if (threadIdx.x < kThreads - 1)
                waitForLaunchBefore();
        });
        CHECK_THROWS_WITH(runLaunch(never),
                          "a thread ended without having waited for the kernel before (block 0, 0, "
                          "0, thread 63)");
    }
    setThreadOrder(0);
}

TEST_CASE("device memory is found again, begins as NaN, and ends")
{
    DeviceMemory memory(1 << 16);
    void *first = memory.allocate(100);
    void *second = memory.allocate(1 << 15);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    memory.open();
    CHECK(std::isnan(static_cast<float *>(first)[24]));
    memory.close();
    CHECK(memory.allocate(1 << 15) == nullptr);
    CHECK(memory.release(second));
    CHECK_FALSE(memory.release(second));
    CHECK(memory.allocate(1 << 15) == second);
    CHECK(memory.freeBytes() == (1 << 16) - 256 - (1 << 15));
}
