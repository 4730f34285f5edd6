// From logits to a token. One sampler for each request: its own settings and random numbers, so
// that what a request draws does not depend on who shares the batch. The room to work in is the
// engine's, one for all of them.
#pragma once

#include "engine/run/random.h"
#include "engine/run/request.h"
#include "kernels/api/logit_summary.h"
#include "kernels/api/ranked_tokens.h"

#include <cstddef>
#include <cstdint>
#include <functional>
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
    std::vector<RankedToken> candidates;
    std::vector<float> weights; // of the candidates
};

// Brings the row that a summary is of into host memory, should that be needed.
using FetchRow = std::function<std::span<const float>()>;

class Sampler
{
public:
    explicit Sampler(const SamplingSettings &settings);

    // Draws from a row of logits [vocabulary of the scratch], whose summary is by this sampler's
    // temperature. `seen`: tokens that the repetition penalty counts, in any order and as often as
    // they came (prompt and answer). The row is fetched where candidates may lie behind the best
    // of the summary.
    // Throws std::runtime_error when a logit is not a number, or none is finite.
    Choice sample(const LogitSummary &summary, int32_t vocabulary, const FetchRow &row,
                  std::span<const int32_t> seen, SamplerScratch &scratch);
    float temperature() const noexcept { return m_settings.temperature; }

private:
    RankedToken choose(const LogitSummary &summary, int32_t vocabulary, const FetchRow &row,
                       SamplerScratch &scratch);
    std::span<const float> penalise(std::span<const float> logits, std::span<const int32_t> seen,
                                    std::vector<float> &penalised) const;
    bool selectFromBest(const LogitSummary &summary, int32_t vocabulary,
                        SamplerScratch &scratch) const;
    // Of the candidates, best first, those that top-p and min-p leave. total: what top-p is of.
    void cut(double total, SamplerScratch &scratch) const;
    double weigh(float largest, SamplerScratch &scratch) const;
    RankedToken draw(const SamplerScratch &scratch);

    SamplingSettings m_settings;
    Random m_random;
};

} // namespace inferlab
