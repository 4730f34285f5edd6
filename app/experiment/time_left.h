// How long an experiment still takes, from what its runs took until now.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace inferlab {

class TimeLeft
{
public:
    explicit TimeLeft(size_t points)
        : m_latest(points)
    { }

    // A run of this point took so long, a warm-up as well.
    void add(size_t point, double seconds);

    // The latest run of the point: the first one may have met cold caches. A point without a run is
    // taken for the mean of those that have one. Nullopt while there is none at all.
    std::optional<double> runSeconds(size_t point) const;

private:
    std::vector<std::optional<double>> m_latest;
};

} // namespace inferlab
