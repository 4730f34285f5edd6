// From logits to a token. One sampler for each request: its own random numbers and its own memory
// of the tokens seen, so that what a request draws does not depend on who shares the batch.
#pragma once

#include "engine/run/leaders.h"
#include "engine/run/random.h"
#include "engine/run/request.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace inferlab {

struct Choice
{
    int32_t id = 0;
    float probability = 0.0f; // under the model: temperature 1, no penalty, no cuts
    // The most likely other tokens, best first. Pieces are not filled in.
    std::vector<RunnerUp> runnersUp;
};

class Sampler
{
public:
    // `seen`: tokens that the repetition penalty counts from the start (the prompt).
    Sampler(const SamplingSettings &settings, int32_t vocabulary, std::span<const int32_t> seen);

    // Draws from `logits` [vocabulary] and remembers the token as seen.
    // Throws std::runtime_error when a logit is not a number, or none is finite.
    Choice sample(std::span<const float> logits);

private:
    void remember(int32_t id);
    int32_t choose(std::span<const float> modelLogits, const Leaders &leaders);
    std::span<const float> penalise(std::span<const float> logits);
    // The candidates that all cuts leave, with their weights (not normalised) in m_weights.
    void selectCandidates(std::span<const float> logits, float largest);
    void keepBest(std::span<const float> logits, size_t k);
    void keepMass(std::span<const float> logits, float largest, double total);
    double weigh(float largest);
    void cutMass(double total);
    void cutUnlikely();
    int32_t draw();

    SamplingSettings m_settings;
    Random m_random;
    std::vector<uint8_t> m_isSeen;     // [vocabulary]; empty while the penalty is off
    std::vector<int32_t> m_seen;       // the ids marked above
    std::vector<float> m_penalised;    // [vocabulary]; unused while the penalty is off
    std::vector<float> m_exponentials; // [vocabulary]
    std::vector<RankedToken> m_candidates;
    std::vector<float> m_weights; // of the candidates
};

} // namespace inferlab
