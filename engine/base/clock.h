// The one clock of all records: integer nanoseconds, monotonic, of this machine since an unknown
// start.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace inferlab {

inline int64_t nowNs() noexcept
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// Processor time of the calling thread.
inline int64_t threadCpuNs() noexcept
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return int64_t {time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

} // namespace inferlab
