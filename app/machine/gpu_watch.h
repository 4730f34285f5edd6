// Asks a GPU's driver what it does, on a thread of its own: a driver may take its time, or never
// answer again, and whoever shows it must not wait.
#pragma once

#include "kernels/api/gpu_monitor.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace inferlab {

class GpuWatch
{
public:
    using Read = std::function<std::optional<GpuStatus>()>; // none: it did not answer
    static constexpr std::chrono::milliseconds kInterval {1000};
    static constexpr size_t kMostKept = 60;

    // `read` is called on the watch's thread, and only while it is watched: at once, then once an
    // interval.
    explicit GpuWatch(Read read, std::chrono::milliseconds interval = kInterval);
    ~GpuWatch(); // waits for an answer that is on its way
    GpuWatch(const GpuWatch &) = delete;
    GpuWatch &operator=(const GpuWatch &) = delete;

    // From one thread; neither waits for the driver.
    void setWatching(bool on);
    // What was answered since the last call, the oldest first. The newest kMostKept are kept.
    std::vector<std::optional<GpuStatus>> drain();

private:
    void loop();

    const Read m_read;
    const std::chrono::milliseconds m_interval;
    std::mutex m_mutex; // of everything in this group
    std::condition_variable m_wake;
    std::vector<std::optional<GpuStatus>> m_answers;
    bool m_watching = false;
    bool m_quit = false;

    std::thread m_thread; // last: starts when all else is ready
};

} // namespace inferlab
