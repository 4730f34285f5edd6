// Acts on Ctrl+C while this thread is in the middle of something: a signal handler may only set a
// flag.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace inferlab {

class InterruptWatch
{
public:
    // Calls `act` once, on a thread of its own, soon after `interrupted` became true, unless the
    // watch has ended by then. Both, and what `act` uses, must outlive the watch.
    InterruptWatch(const std::atomic<bool> &interrupted, std::function<void()> act);
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch &) = delete;
    InterruptWatch &operator=(const InterruptWatch &) = delete;

private:
    void watch(const std::atomic<bool> &interrupted);

    std::function<void()> m_act;
    std::mutex m_mutex;
    std::condition_variable m_ended;
    bool m_done = false;
    std::thread m_thread;
};

// Ends the process with 130 after what was produced is written out: an InterruptWatch's act around
// work that cannot be asked to stop, such as a library's encoding of one long text, and that leaves
// nothing half done.
[[noreturn]] void quitInterrupted();

} // namespace inferlab
