// Draws from a row of logits where the candidates are more than a summary knows: from all of a
// vocabulary, or from the thousands of tokens that top-p keeps at a high temperature. Nothing is
// put in order, so that a draw costs about as much whatever the settings are.
#pragma once

#include "engine/run/random.h"
#include "kernels/api/exponentials.h"

#include <cstdint>
#include <span>

namespace inferlab {

struct WideCuts
{
    Tempering tempering;
    double total = 0.0; // of all weights, exp((logit - largest) / temperature)
    float topP = 1.0f;  // keeps tokens while those that rank before them weigh less than this share
    float minP = 0.0f;  // keeps those that weigh as much
};

// The id of a token that the cuts leave, each as likely as it weighs.
int32_t drawWide(std::span<const float> logits, const WideCuts &cuts, Random &random) noexcept;

} // namespace inferlab
