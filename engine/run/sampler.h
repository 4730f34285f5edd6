// From logits to a token. One sampler for each request: its own settings and random numbers, so
// that what a request draws does not depend on who shares the batch. The room to work in is the
// engine's, one for all of them.
#pragma once

#include "engine/run/leaders.h"
#include "engine/run/random.h"
#include "engine/run/request.h"
#include "kernels/api/logit_summary.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace inferlab {

struct Choice
{
    int32_t id = 0;
    float probability = 0.0f; // under the model: temperature 1, no penalty, no cuts
    // The most likely other tokens, best first. Pieces are not filled in.
    RunnersUp runnersUp;
};

// Room to choose one token in; taken once, so that sampling allocates nothing. What it holds
// between two tokens means nothing.
struct SamplerScratch
{
    // Throws std::bad_alloc.
    explicit SamplerScratch(int32_t vocabulary);
    static size_t bytes(int32_t vocabulary) noexcept;

    // Each with room for the whole vocabulary.
    std::vector<float> penalised;
    std::vector<float> exponentials;
    std::vector<RankedToken> candidates;
    std::vector<float> weights; // of the candidates
};

class Sampler
{
public:
    explicit Sampler(const SamplingSettings &settings);

    // Draws from `logits` [vocabulary of the scratch]. `seen`: tokens that the repetition penalty
    // counts, in any order and as often as they came (prompt and answer).
    // Throws std::runtime_error when a logit is not a number, or none is finite.
    Choice sample(std::span<const float> logits, std::span<const int32_t> seen,
                  SamplerScratch &scratch);

    // The same choice from what a device made of the logits; none where that is not enough, and
    // then nothing was drawn. vocabulary: of the logits.
    std::optional<Choice> sampleBest(const LogitSummary &summary, int32_t vocabulary,
                                     SamplerScratch &scratch);
    float temperature() const noexcept { return m_settings.temperature; }

private:
    bool selectFromBest(const LogitSummary &summary, int32_t vocabulary,
                        SamplerScratch &scratch) const;
    int32_t choose(std::span<const float> modelLogits, const Leaders &leaders,
                   std::span<const int32_t> seen, SamplerScratch &scratch);
    std::span<const float> penalise(std::span<const float> logits, std::span<const int32_t> seen,
                                    std::vector<float> &penalised) const;
    // The candidates that all cuts leave, with their weights (not normalised).
    void selectCandidates(std::span<const float> logits, float largest,
                          SamplerScratch &scratch) const;
    void keepMass(std::span<const float> logits, float largest, double total,
                  SamplerScratch &scratch) const;
    double weigh(float largest, SamplerScratch &scratch) const;
    void cutMass(double total, SamplerScratch &scratch) const;
    void cutUnlikely(SamplerScratch &scratch) const;
    int32_t draw(const SamplerScratch &scratch);

    SamplingSettings m_settings;
    Random m_random;
};

} // namespace inferlab
