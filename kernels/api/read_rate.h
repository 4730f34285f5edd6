// How fast a machine reads the same bytes again and again: caches keep what fits.
#pragma once

namespace inferlab {

struct ReadRate
{
    double bytes = 0;          // that are read over and over
    double bytesPerSecond = 0; // of all threads together

    bool operator==(const ReadRate &) const = default;
};

} // namespace inferlab
