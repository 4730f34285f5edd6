#include "app/machine/gpu_watch.h"

#include <utility>

namespace inferlab {

GpuWatch::GpuWatch(Read read, std::chrono::milliseconds interval)
    : m_read(std::move(read))
    , m_interval(interval)
    , m_thread([this] { loop(); })
{ }

GpuWatch::~GpuWatch()
{
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void GpuWatch::setWatching(bool on)
{
    {
        const std::lock_guard lock(m_mutex);
        m_watching = on;
    }
    m_wake.notify_all();
}

std::vector<std::optional<GpuStatus>> GpuWatch::drain()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_answers, {});
}

void GpuWatch::loop()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_quit || m_watching; });
        if (m_quit)
            return;
        lock.unlock();
        std::optional<GpuStatus> answer = m_read();
        lock.lock();
        if (m_answers.size() == kMostKept)
            m_answers.erase(m_answers.begin());
        m_answers.push_back(std::move(answer));
        m_wake.wait_for(lock, m_interval, [this] { return m_quit || !m_watching; });
    }
}

} // namespace inferlab
