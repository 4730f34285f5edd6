// Asks a GPU's driver what it does, on a thread of its own: a driver may take its time, or never
// answer again, and whoever shows it must not wait.
#pragma once

#include "kernels/api/gpu_monitor.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace inferlab {

class GpuWatch
{
public:
    using Read = std::function<std::optional<GpuStatus>()>; // none: it did not answer
    static constexpr std::chrono::milliseconds kInterval {1000};
    static constexpr std::chrono::milliseconds kLastWait {1000};
    static constexpr size_t kMostKept = 60;

    // `read` is called on the watch's thread, and only while it is watched: at once, then once an
    // interval.
    explicit GpuWatch(Read read, std::chrono::milliseconds interval = kInterval);
    // Waits for an answer that is on its way, kLastWait at most: then the thread is left alone with
    // its driver, and `read` is called no more and destroyed when it returns.
    ~GpuWatch();
    GpuWatch(const GpuWatch &) = delete;
    GpuWatch &operator=(const GpuWatch &) = delete;

    // From one thread; neither waits for the driver.
    void setWatching(bool on);
    // What was answered since the last call, the oldest first. The newest kMostKept are kept.
    std::vector<std::optional<GpuStatus>> drain();

private:
    struct Shared;
    static void loop(const std::shared_ptr<Shared> &shared);

    const std::shared_ptr<Shared> m_shared; // the thread's too, which may outlive the watch
    std::thread m_thread;                   // last: starts when all else is ready
};

} // namespace inferlab
