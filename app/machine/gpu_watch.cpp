#include "app/machine/gpu_watch.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace inferlab {

struct GpuWatch::Shared
{
    const Read read;
    const std::chrono::milliseconds interval;
    std::mutex mutex; // of all that follows
    std::condition_variable wake;
    std::vector<std::optional<GpuStatus>> answers;
    bool watching = false;
    bool quit = false;
    bool ended = false; // the thread asks no more
};

GpuWatch::GpuWatch(Read read, std::chrono::milliseconds interval)
    : m_shared(new Shared {std::move(read), interval, {}, {}, {}})
    , m_thread([shared = m_shared] { loop(shared); })
{ }

GpuWatch::~GpuWatch()
{
    bool ended = false;
    {
        std::unique_lock lock(m_shared->mutex);
        m_shared->quit = true;
        m_shared->wake.notify_all();
        ended = m_shared->wake.wait_for(lock, kLastWait, [this] { return m_shared->ended; });
    }
    if (ended)
        m_thread.join();
    else
        m_thread.detach();
}

void GpuWatch::setWatching(bool on)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->watching = on;
    }
    m_shared->wake.notify_all();
}

std::vector<std::optional<GpuStatus>> GpuWatch::drain()
{
    const std::lock_guard lock(m_shared->mutex);
    return std::exchange(m_shared->answers, {});
}

void GpuWatch::loop(const std::shared_ptr<Shared> &shared)
{
    Shared &s = *shared;
    std::unique_lock lock(s.mutex);
    while (true) {
        s.wake.wait(lock, [&s] { return s.quit || s.watching; });
        if (s.quit)
            break;
        lock.unlock();
        std::optional<GpuStatus> answer = s.read();
        lock.lock();
        if (s.answers.size() == kMostKept)
            s.answers.erase(s.answers.begin());
        s.answers.push_back(std::move(answer));
        s.wake.wait_for(lock, s.interval, [&s] { return s.quit || !s.watching; });
    }
    s.ended = true;
    s.wake.notify_all();
}

} // namespace inferlab
