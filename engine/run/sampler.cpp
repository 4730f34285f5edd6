#include "sampler.h"

#include "engine/run/exponentials.h"
#include "engine/run/leaders.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace inferlab {

namespace {

// The k best, best first. One pass over the logits; what is kept stays small enough for the cache.
void keepBest(std::span<const float> logits, size_t k, std::vector<RankedToken> &candidates)
{
    const size_t capacity = std::max<size_t>(4 * k, 256);
    candidates.clear();
    float threshold = -std::numeric_limits<float>::infinity();
    const auto trim = [&] {
        const auto keep = candidates.begin() + static_cast<std::ptrdiff_t>(k);
        std::nth_element(candidates.begin(), keep - 1, candidates.end(), ranksBefore);
        threshold = (keep - 1)->logit;
        candidates.erase(keep, candidates.end());
    };
    for (size_t i = 0; i < logits.size(); ++i) {
        // Ids rise, so one that equals the worst of k kept ones comes after it.
        if (!(logits[i] > threshold) && candidates.size() >= k)
            continue;
        candidates.push_back({static_cast<int32_t>(i), logits[i]});
        if (candidates.size() == capacity)
            trim();
    }
    if (candidates.size() > k)
        trim();
    std::sort(candidates.begin(), candidates.end(), ranksBefore);
}

} // namespace

SamplerScratch::SamplerScratch(int32_t vocabulary)
{
    const auto count = static_cast<size_t>(vocabulary);
    penalised.reserve(count);
    exponentials.reserve(count);
    candidates.reserve(count);
    weights.reserve(count);
}

size_t SamplerScratch::bytes(int32_t vocabulary) noexcept
{
    return static_cast<size_t>(vocabulary) * (3 * sizeof(float) + sizeof(RankedToken));
}

Sampler::Sampler(const SamplingSettings &settings)
    : m_settings(settings)
    , m_random(settings.seed)
{ }

Choice Sampler::sample(std::span<const float> logits, std::span<const int32_t> seen,
                       SamplerScratch &scratch)
{
    const Leaders leaders = findLeaders(logits);
    Choice choice;
    choice.id = choose(logits, leaders, seen, scratch);

    const float largest = leaders.best[0].logit;
    const double sum = exponentialSum(logits, largest, 1.0f);
    const auto probability = [&](int32_t id) {
        const float term = expNonPositive(logits[static_cast<size_t>(id)] - largest);
        return static_cast<float>(static_cast<double>(term) / sum);
    };
    choice.probability = probability(choice.id);
    for (int i = 0; i < leaders.count; ++i) {
        const int32_t id = leaders.best[static_cast<size_t>(i)].id;
        if (id != choice.id && choice.runnersUp.size() < TokenEvent::kRunnersUp)
            choice.runnersUp.push_back({id, probability(id), {}});
    }
    return choice;
}

std::optional<Choice> Sampler::sampleBest(const LogitSummary &summary, int32_t vocabulary,
                                          SamplerScratch &scratch)
{
    requireUsable(summary.notNumbers > 0, summary.count > 0 ? summary.logits[0] : 0.0f);
    // A penalty may lift what is behind the best.
    if (summary.count == 0 || m_settings.repetitionPenalty != 1.0f)
        return std::nullopt;
    const float largest = summary.logits[0];
    const auto probability = [&](float logit) {
        return expNonPositive(logit - largest) / summary.sum;
    };
    Choice choice;
    choice.id = summary.ids[0];
    if (m_settings.temperature > 0.0f) {
        if (!selectFromBest(summary, vocabulary, scratch))
            return std::nullopt;
        choice.id = draw(scratch);
    }
    for (int32_t i = 0; i < summary.count; ++i) {
        if (summary.ids[i] == choice.id)
            choice.probability = probability(summary.logits[i]);
        else if (i < Leaders::kCount && choice.runnersUp.size() < TokenEvent::kRunnersUp)
            choice.runnersUp.push_back({summary.ids[i], probability(summary.logits[i]), {}});
    }
    return choice;
}

// The candidates as selectCandidates() would leave them, in its order. False where some may be
// behind the best that are known.
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
    if (cutsCount || m_settings.topP < 1.0f) {
        const double total = cutsCount ? mass : static_cast<double>(summary.sumTempered);
        if (mass < m_settings.topP * total && summary.count < vocabulary)
            return false;
        if (m_settings.topP < 1.0f)
            cutMass(total, scratch);
        cutUnlikely(scratch);
        return true;
    }
    // min-p alone, or no cut: in the order of the ids.
    const bool isWhole = summary.count == vocabulary;
    if (!isWhole && !(scratch.weights.back() < m_settings.minP))
        return false;
    std::sort(scratch.candidates.begin(), scratch.candidates.end(),
              [](const RankedToken &a, const RankedToken &b) { return a.id < b.id; });
    weigh(summary.logits[0], scratch);
    cutUnlikely(scratch);
    const auto weightless = [](float weight) { return weight == 0.0f; };
    return std::none_of(scratch.weights.begin(), scratch.weights.end(), weightless);
}

// The token by the settings; `leaders` are those of the model's own logits.
int32_t Sampler::choose(std::span<const float> modelLogits, const Leaders &leaders,
                        std::span<const int32_t> seen, SamplerScratch &scratch)
{
    std::span<const float> logits = modelLogits;
    RankedToken best = leaders.best[0];
    if (m_settings.repetitionPenalty != 1.0f) {
        logits = penalise(modelLogits, seen, scratch.penalised);
        best = findLeaders(logits).best[0];
    }
    if (m_settings.temperature == 0.0f)
        return best.id;
    selectCandidates(logits, best.logit, scratch);
    return draw(scratch);
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

void Sampler::selectCandidates(std::span<const float> logits, float largest,
                               SamplerScratch &scratch) const
{
    if (m_settings.topK > 0 && static_cast<size_t>(m_settings.topK) < logits.size()) {
        keepBest(logits, static_cast<size_t>(m_settings.topK), scratch.candidates);
        const double total = weigh(largest, scratch);
        if (m_settings.topP < 1.0f)
            cutMass(total, scratch);
        cutUnlikely(scratch);
        return;
    }
    scratch.exponentials.resize(logits.size());
    const double total =
        exponentialSum(logits, largest, m_settings.temperature, scratch.exponentials);
    if (m_settings.topP < 1.0f) {
        keepMass(logits, largest, total, scratch);
        cutUnlikely(scratch);
        return;
    }
    // min-p alone, or no cut: whatever has a weight, in the order of the ids.
    scratch.candidates.clear();
    scratch.weights.clear();
    for (size_t i = 0; i < logits.size(); ++i) {
        const float weight = scratch.exponentials[i];
        if (weight < m_settings.minP || weight == 0.0f)
            continue;
        scratch.candidates.push_back({static_cast<int32_t>(i), logits[i]});
        scratch.weights.push_back(weight);
    }
}

// The smallest set that holds the share top-p of all weight, best first. Usually a few dozen
// tokens: tried with some more first.
void Sampler::keepMass(std::span<const float> logits, float largest, double total,
                       SamplerScratch &scratch) const
{
    for (size_t k = 128;; k *= 8) {
        keepBest(logits, std::min(k, logits.size()), scratch.candidates);
        if (weigh(largest, scratch) >= m_settings.topP * total || k >= logits.size())
            break;
    }
    cutMass(total, scratch);
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

// Candidates are best first: keeps the shortest beginning that holds top-p of `total`.
void Sampler::cutMass(double total, SamplerScratch &scratch) const
{
    double mass = 0.0;
    size_t kept = 0;
    while (kept < scratch.weights.size() && mass < m_settings.topP * total)
        mass += static_cast<double>(scratch.weights[kept++]);
    scratch.weights.resize(std::max<size_t>(kept, 1));
    scratch.candidates.resize(scratch.weights.size());
}

// min-p: weights are relative to the most likely, which has 1.
void Sampler::cutUnlikely(SamplerScratch &scratch) const
{
    if (m_settings.minP <= 0.0f)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < scratch.candidates.size(); ++i) {
        if (scratch.weights[i] < m_settings.minP)
            continue;
        scratch.candidates[kept] = scratch.candidates[i];
        scratch.weights[kept++] = scratch.weights[i];
    }
    scratch.candidates.resize(kept);
    scratch.weights.resize(kept);
}

int32_t Sampler::draw(const SamplerScratch &scratch)
{
    double total = 0.0;
    for (const float weight : scratch.weights)
        total += static_cast<double>(weight);
    double left = m_random.uniform() * total;
    for (size_t i = 0; i + 1 < scratch.candidates.size(); ++i) {
        left -= static_cast<double>(scratch.weights[i]);
        if (left < 0.0)
            return scratch.candidates[i].id;
    }
    return scratch.candidates.back().id;
}

} // namespace inferlab
