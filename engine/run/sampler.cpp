#include "sampler.h"

#include "engine/run/wide_draw.h"
#include "kernels/api/exponentials.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace inferlab {

namespace {

void requireUsable(const LogitSummary &summary)
{
    if (summary.notNumbers > 0)
        throw std::runtime_error("the model produced logits that are not numbers (NaN)");
    if (!std::isfinite(summary.logits[0]))
        throw std::runtime_error("the model produced logits that are not finite");
}

// The k best, best first. One pass over the logits; what is kept stays small enough for the cache.
void keepBest(std::span<const float> logits, size_t k, std::vector<RankedToken> &candidates)
{
    candidates.resize(std::min(std::max<size_t>(4 * k, 256), logits.size()));
    BestTokens best(k, candidates);
    for (size_t i = 0; i < logits.size(); ++i)
        best.offer({static_cast<int32_t>(i), logits[i]});
    candidates.resize(best.inOrder().size());
}

} // namespace

SamplerScratch::SamplerScratch(int32_t vocabulary)
{
    const auto count = static_cast<size_t>(vocabulary);
    penalised.reserve(count);
    candidates.reserve(count);
    weights.reserve(count);
}

size_t SamplerScratch::bytes(int32_t vocabulary) noexcept
{
    return static_cast<size_t>(vocabulary) * (2 * sizeof(float) + sizeof(RankedToken));
}

Sampler::Sampler(const SamplingSettings &settings)
    : m_settings(settings)
    , m_random(settings.seed)
{ }

Choice Sampler::sample(const LogitSummary &summary, int32_t vocabulary, const FetchRow &row,
                       std::span<const int32_t> seen, SamplerScratch &scratch)
{
    if (summary.count == 0 && summary.notNumbers == 0)
        return sample(summariseRow(row(), m_settings.temperature), vocabulary, row, seen, scratch);
    requireUsable(summary);
    Choice choice;
    RankedToken chosen;
    if (m_settings.repetitionPenalty == 1.0f) {
        chosen = choose(summary, vocabulary, row, scratch);
    } else {
        const std::span<const float> logits = row();
        const std::span<const float> penalised = penalise(logits, seen, scratch.penalised);
        const LogitSummary own = summariseRow(penalised, m_settings.temperature);
        chosen = choose(
            own, vocabulary, [penalised] { return penalised; }, scratch);
        chosen.logit = logits[static_cast<size_t>(chosen.id)];
    }
    const auto probability = [&summary](float logit) {
        const float weight = expNonPositive(logit - summary.logits[0]);
        return static_cast<float>(static_cast<double>(weight) / summary.sum);
    };
    choice.id = chosen.id;
    choice.probability = probability(chosen.logit);
    for (int32_t i = 0; i < summary.count && choice.runnersUp.size() < TokenEvent::kRunnersUp;
         ++i) {
        if (summary.ids[i] != choice.id)
            choice.runnersUp.push_back({summary.ids[i], probability(summary.logits[i]), {}});
    }
    return choice;
}

RankedToken Sampler::choose(const LogitSummary &summary, int32_t vocabulary, const FetchRow &row,
                            SamplerScratch &scratch)
{
    const float largest = summary.logits[0];
    if (m_settings.temperature == 0.0f)
        return {summary.ids[0], largest};
    if (selectFromBest(summary, vocabulary, scratch))
        return draw(scratch);
    const std::span<const float> logits = row();
    if (m_settings.topK > 0 && m_settings.topK < vocabulary) {
        keepBest(logits, static_cast<size_t>(m_settings.topK), scratch.candidates);
        cut(weigh(largest, scratch), scratch);
        return draw(scratch);
    }
    const WideCuts cuts {
        {largest, m_settings.temperature}, summary.sumTempered, m_settings.topP, m_settings.minP};
    // One number of the request's for each token, however many the draw takes: the next token's
    // are the same whichever way this one was drawn.
    Random own(m_random.next());
    const int32_t id = drawWide(logits, cuts, own);
    return {id, logits[static_cast<size_t>(id)]};
}

std::span<const float> Sampler::penalise(std::span<const float> logits,
                                         std::span<const int32_t> seen,
                                         std::vector<float> &penalised) const
{
    penalised.assign(logits.begin(), logits.end());
    // From the model's logit: a token that came twice is penalised once.
    for (const int32_t id : seen) {
        const float logit = logits[static_cast<size_t>(id)];
        penalised[static_cast<size_t>(id)] = logit > 0.0f ? logit / m_settings.repetitionPenalty
                                                          : logit * m_settings.repetitionPenalty;
    }
    return penalised;
}

// False where candidates may lie behind the best that are known.
bool Sampler::selectFromBest(const LogitSummary &summary, int32_t vocabulary,
                             SamplerScratch &scratch) const
{
    const bool cutsCount = m_settings.topK > 0 && m_settings.topK < vocabulary;
    if (cutsCount && m_settings.topK > summary.count)
        return false;
    const int32_t count = cutsCount ? m_settings.topK : summary.count;
    scratch.candidates.clear();
    for (int32_t i = 0; i < count; ++i)
        scratch.candidates.push_back({summary.ids[i], summary.logits[i]});
    const double mass = weigh(summary.logits[0], scratch);
    const double total = cutsCount ? mass : summary.sumTempered;
    const bool holdsAll = cutsCount || count == vocabulary
        || scratch.weights.back() < m_settings.minP
        || (m_settings.topP < 1.0f && mass >= m_settings.topP * total);
    if (holdsAll)
        cut(total, scratch);
    return holdsAll;
}

// Weights of the candidates, relative to the most likely token, which has 1. Returns their sum.
double Sampler::weigh(float largest, SamplerScratch &scratch) const
{
    scratch.weights.resize(scratch.candidates.size());
    double sum = 0.0;
    for (size_t i = 0; i < scratch.candidates.size(); ++i) {
        scratch.weights[i] =
            expNonPositive((scratch.candidates[i].logit - largest) / m_settings.temperature);
        sum += static_cast<double>(scratch.weights[i]);
    }
    return sum;
}

void Sampler::cut(double total, SamplerScratch &scratch) const
{
    // The shortest beginning that holds top-p of all, and of that what is no lighter than min-p.
    double mass = 0.0;
    size_t kept = 0;
    while (kept < scratch.weights.size() && scratch.weights[kept] > 0.0f
           && scratch.weights[kept] >= m_settings.minP
           && (m_settings.topP >= 1.0f || mass < m_settings.topP * total))
        mass += static_cast<double>(scratch.weights[kept++]);
    kept = std::max<size_t>(kept, 1);
    scratch.weights.resize(kept);
    scratch.candidates.resize(kept);
}

RankedToken Sampler::draw(const SamplerScratch &scratch)
{
    double total = 0.0;
    for (const float weight : scratch.weights)
        total += static_cast<double>(weight);
    double left = m_random.uniform() * total;
    for (size_t i = 0; i + 1 < scratch.candidates.size(); ++i) {
        left -= static_cast<double>(scratch.weights[i]);
        if (left < 0.0)
            return scratch.candidates[i];
    }
    return scratch.candidates.back();
}

} // namespace inferlab
