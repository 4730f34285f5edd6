// The one clock of all records: integer nanoseconds, monotonic, of this machine since an unknown
// start.
#pragma once

#include <chrono>
#include <cstdint>

namespace inferlab {

inline int64_t nowNs() noexcept
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace inferlab
