// Passes Ctrl+C on to an engine in the middle of a step: a signal handler may only set a flag.
#pragma once

#include "engine/run/engine.h"

#include <atomic>
#include <thread>

namespace inferlab::cli {

class InterruptWatch
{
public:
    // Both must outlive the watch.
    InterruptWatch(const std::atomic<bool> &interrupted, Engine &engine);
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch &) = delete;
    InterruptWatch &operator=(const InterruptWatch &) = delete;

private:
    std::atomic<bool> m_done {false};
    std::thread m_thread;
};

} // namespace inferlab::cli
