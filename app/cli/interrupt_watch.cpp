#include "interrupt_watch.h"

#include <chrono>

namespace inferlab::cli {

namespace {

// Short against what a person notices, long against what looking costs.
constexpr std::chrono::milliseconds kLookEvery {20};

} // namespace

InterruptWatch::InterruptWatch(const std::atomic<bool> &interrupted, Engine &engine)
    : m_thread([this, &interrupted, &engine] {
        while (!m_done) {
            if (interrupted) {
                engine.requestStop();
                return;
            }
            std::this_thread::sleep_for(kLookEvery);
        }
    })
{ }

InterruptWatch::~InterruptWatch()
{
    m_done = true;
    m_thread.join();
}

} // namespace inferlab::cli
