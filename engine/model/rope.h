// Rotary position embedding: the angles, computed once a step and shared by all layers.
// Su et al. 2021; llama3's frequency factors come with the model (rope_freqs.weight).
#pragma once

#include "engine/model/model_config.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inferlab {

class RopeAngles
{
public:
    explicit RopeAngles(const ModelConfig &config);

    int32_t ropeDim() const noexcept { return static_cast<int32_t>(2 * m_frequencies.size()); }

    // out [positions, ropeDim]: cos of pair i at 2i, sin at 2i + 1. In double: at position 100,000
    // a float's angle would be off by 0.008.
    void fill(std::span<const int32_t> positions, float *out) const;

private:
    std::vector<double> m_frequencies; // radians per position, [ropeDim / 2]
};

} // namespace inferlab
