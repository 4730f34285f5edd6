// The middle of some timings.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

// At least one; milliseconds in, milliseconds out.
inline double medianMs(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}
