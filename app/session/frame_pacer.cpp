#include "frame_pacer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kNewest = 0.2; // weight of the last frame: a chart is drawn in every few only
// A pause saves up no more than this, and a dear frame owes no more: both are soon forgotten.
constexpr double kMostCreditMs = 5;

} // namespace

void FramePacer::begin(double share) noexcept
{
    assert(share > 0 && share <= 1);
    m_share = share;
    m_cpuNs = -1;
    m_costMs = 0;
    m_creditMs = 0;
    m_nextMs = 0;
}

int FramePacer::nextMs(int64_t cpuNs) noexcept
{
    if (m_cpuNs >= 0) {
        const double cost = static_cast<double>(cpuNs - m_cpuNs) / 1e6;
        m_costMs += kNewest * (cost - m_costMs);
        m_creditMs =
            std::clamp(m_creditMs + m_share * m_nextMs - cost, -kMostCreditMs, kMostCreditMs);
    }
    m_cpuNs = cpuNs;
    const double wanted = std::min<double>(std::ceil(m_costMs / m_share), kMostMs);
    m_nextMs = std::max(m_leastMs, static_cast<int>(wanted));
    return m_nextMs;
}

} // namespace inferlab
