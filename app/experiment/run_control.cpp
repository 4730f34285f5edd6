#include "run_control.h"

#include <chrono>

namespace inferlab {

void RunControl::stop()
{
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    interruptIfConcerned();
}

void RunControl::setPaused(bool paused)
{
    const std::lock_guard lock(m_mutex);
    m_paused = paused;
    interruptIfConcerned();
}

void RunControl::skip(size_t point)
{
    const std::lock_guard lock(m_mutex);
    m_skipped.insert(point);
    interruptIfConcerned();
}

bool RunControl::stopped() const
{
    const std::lock_guard lock(m_mutex);
    return m_stopped;
}

bool RunControl::paused() const
{
    const std::lock_guard lock(m_mutex);
    return m_paused;
}

bool RunControl::isSkipped(size_t point) const
{
    const std::lock_guard lock(m_mutex);
    return m_skipped.contains(point);
}

void RunControl::begin(size_t point)
{
    const std::lock_guard lock(m_mutex);
    m_current = point;
    m_interrupted = false;
    interruptIfConcerned();
}

void RunControl::interruptIfConcerned()
{
    const bool concerned =
        m_stopped || m_paused || (m_current.has_value() && m_skipped.contains(*m_current));
    if (concerned) {
        m_interrupted = true;
        if (m_engine != nullptr)
            m_engine->requestStop();
    }
    m_changed.notify_all();
}

RunControl::Engaged::Engaged(RunControl &control, Engine &engine)
    : m_control(control)
{
    const std::lock_guard lock(m_control.m_mutex);
    m_control.m_engine = &engine;
}

RunControl::Engaged::~Engaged()
{
    const std::lock_guard lock(m_control.m_mutex);
    m_control.m_engine = nullptr;
}

void RunControl::waitWhilePaused()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_paused || m_stopped; });
}

void RunControl::waitSeconds(double time)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, std::chrono::duration<double>(time),
                       [this] { return m_interrupted.load(); });
}

} // namespace inferlab
