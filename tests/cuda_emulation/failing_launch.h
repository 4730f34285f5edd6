// One block on the emulated device, and what goes wrong with it.
#pragma once

#include "cuda_runtime.h"

#include <functional>
#include <stdexcept>
#include <string>

namespace inferlab::emulation {

constexpr unsigned kThreads = 64;
constexpr uint64_t kOrders[] = {0, 1, 2, 3, 4, 5};

struct BlockOf
{
    unsigned threads = kThreads;
    size_t sharedBytes = kThreads * sizeof(int);
};

// Empty where all goes well.
inline std::string failureOf(const BlockOf &block, const std::function<void()> &thread)
{
    Launch launch;
    launch.grid = {1, 1, 1};
    launch.block = {block.threads, 1, 1};
    launch.sharedBytes = block.sharedBytes;
    launch.thread = thread;
    try {
        runLaunch(launch);
    } catch (const std::runtime_error &error) {
        return error.what();
    }
    return {};
}

} // namespace inferlab::emulation
