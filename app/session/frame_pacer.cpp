#include "frame_pacer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kNewest = 0.2; // weight of the last frame: a chart is drawn in every few only

} // namespace

void FramePacer::begin(double share) noexcept
{
    assert(share > 0 && share <= 1);
    m_share = share;
    m_cpuNs = -1;
    m_costMs = 0;
}

int FramePacer::nextMs(int64_t cpuNs) noexcept
{
    if (m_cpuNs >= 0)
        m_costMs += kNewest * (static_cast<double>(cpuNs - m_cpuNs) / 1e6 - m_costMs);
    m_cpuNs = cpuNs;
    const double wanted = std::min<double>(std::ceil(m_costMs / m_share), kMostMs);
    return std::max(m_leastMs, static_cast<int>(wanted));
}

} // namespace inferlab
