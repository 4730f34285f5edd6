#include "rope.h"

#include <cmath>

namespace inferlab {

RopeAngles::RopeAngles(const ModelConfig &config)
{
    const size_t pairs = static_cast<size_t>(config.ropeDim / 2);
    m_frequencies.resize(pairs);
    for (size_t i = 0; i < pairs; ++i) {
        const double exponent = -2.0 * static_cast<double>(i) / config.ropeDim;
        double frequency =
            std::pow(static_cast<double>(config.ropeBase), exponent) / config.ropeScale;
        if (!config.ropeFactors.empty())
            frequency /= config.ropeFactors[i];
        m_frequencies[i] = frequency;
    }
}

void RopeAngles::fill(std::span<const int32_t> positions, float *out) const
{
    for (const int32_t position : positions) {
        for (const double frequency : m_frequencies) {
            const double angle = position * frequency;
            *out++ = static_cast<float>(std::cos(angle));
            *out++ = static_cast<float>(std::sin(angle));
        }
    }
}

} // namespace inferlab
