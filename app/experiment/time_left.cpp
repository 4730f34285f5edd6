#include "time_left.h"

namespace inferlab {

void TimeLeft::add(size_t point, double seconds)
{
    m_latest.at(point) = seconds;
}

std::optional<double> TimeLeft::runSeconds(size_t point) const
{
    if (m_latest.at(point))
        return m_latest[point];
    double sum = 0;
    size_t known = 0;
    for (const std::optional<double> &seconds : m_latest) {
        sum += seconds.value_or(0);
        known += seconds ? 1 : 0;
    }
    return known > 0 ? std::optional(sum / static_cast<double>(known)) : std::nullopt;
}

} // namespace inferlab
