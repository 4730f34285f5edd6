#include "interrupt_watch.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace inferlab {

namespace {

// Short against what a person notices, long against what looking costs.
constexpr std::chrono::milliseconds kLookEvery {20};

} // namespace

InterruptWatch::InterruptWatch(const std::atomic<bool> &interrupted, std::function<void()> act)
    : m_act(std::move(act))
    , m_thread([this, &interrupted] { watch(interrupted); })
{ }

InterruptWatch::~InterruptWatch()
{
    {
        const std::lock_guard lock(m_mutex);
        m_done = true;
    }
    m_ended.notify_one();
    m_thread.join();
}

void InterruptWatch::watch(const std::atomic<bool> &interrupted)
{
    std::unique_lock lock(m_mutex);
    while (!m_ended.wait_for(lock, kLookEvery, [this] { return m_done; })) {
        if (interrupted) {
            m_act();
            return;
        }
    }
}

void quitInterrupted()
{
    std::fflush(stdout); // whoever is writing finishes his piece first: the stream has a lock
    std::_Exit(130);
}

} // namespace inferlab
