#include "sampler.h"

#include "engine/run/exponentials.h"
#include "engine/run/leaders.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace inferlab {

Sampler::Sampler(const SamplingSettings &settings, int32_t vocabulary,
                 std::span<const int32_t> seen)
    : m_settings(settings)
    , m_random(settings.seed)
{
    if (settings.repetitionPenalty == 1.0f)
        return;
    m_isSeen.resize(static_cast<size_t>(vocabulary));
    for (const int32_t id : seen)
        remember(id);
}

void Sampler::remember(int32_t id)
{
    if (m_isSeen.empty() || m_isSeen[static_cast<size_t>(id)] != 0)
        return;
    m_isSeen[static_cast<size_t>(id)] = 1;
    m_seen.push_back(id);
}

Choice Sampler::sample(std::span<const float> logits)
{
    const Leaders leaders = findLeaders(logits);
    Choice choice;
    choice.id = choose(logits, leaders);
    remember(choice.id);

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

// The token by the settings; `leaders` are those of the model's own logits.
int32_t Sampler::choose(std::span<const float> modelLogits, const Leaders &leaders)
{
    std::span<const float> logits = modelLogits;
    RankedToken best = leaders.best[0];
    if (!m_isSeen.empty()) {
        logits = penalise(modelLogits);
        best = findLeaders(logits).best[0];
    }
    if (m_settings.temperature == 0.0f)
        return best.id;
    selectCandidates(logits, best.logit);
    return draw();
}

std::span<const float> Sampler::penalise(std::span<const float> logits)
{
    m_penalised.assign(logits.begin(), logits.end());
    for (const int32_t id : m_seen) {
        float &logit = m_penalised[static_cast<size_t>(id)];
        logit = logit > 0.0f ? logit / m_settings.repetitionPenalty
                             : logit * m_settings.repetitionPenalty;
    }
    return m_penalised;
}

void Sampler::selectCandidates(std::span<const float> logits, float largest)
{
    if (m_settings.topK > 0 && static_cast<size_t>(m_settings.topK) < logits.size()) {
        keepBest(logits, static_cast<size_t>(m_settings.topK));
        const double total = weigh(largest);
        if (m_settings.topP < 1.0f)
            cutMass(total);
        cutUnlikely();
        return;
    }
    m_exponentials.resize(logits.size());
    const double total = exponentialSum(logits, largest, m_settings.temperature, m_exponentials);
    if (m_settings.topP < 1.0f) {
        keepMass(logits, largest, total);
        cutUnlikely();
        return;
    }
    // min-p alone, or no cut: whatever has a weight, in the order of the ids.
    m_candidates.clear();
    m_weights.clear();
    for (size_t i = 0; i < logits.size(); ++i) {
        const float weight = m_exponentials[i];
        if (weight < m_settings.minP || weight == 0.0f)
            continue;
        m_candidates.push_back({static_cast<int32_t>(i), logits[i]});
        m_weights.push_back(weight);
    }
}

// The k best, best first. One pass over the logits; what is kept stays small enough for the cache.
void Sampler::keepBest(std::span<const float> logits, size_t k)
{
    const size_t capacity = std::max<size_t>(4 * k, 256);
    m_candidates.clear();
    float threshold = -std::numeric_limits<float>::infinity();
    const auto trim = [&] {
        const auto keep = m_candidates.begin() + static_cast<std::ptrdiff_t>(k);
        std::nth_element(m_candidates.begin(), keep - 1, m_candidates.end(), ranksBefore);
        threshold = (keep - 1)->logit;
        m_candidates.erase(keep, m_candidates.end());
    };
    for (size_t i = 0; i < logits.size(); ++i) {
        // Ids rise, so one that equals the worst of k kept ones comes after it.
        if (!(logits[i] > threshold) && m_candidates.size() >= k)
            continue;
        m_candidates.push_back({static_cast<int32_t>(i), logits[i]});
        if (m_candidates.size() == capacity)
            trim();
    }
    if (m_candidates.size() > k)
        trim();
    std::sort(m_candidates.begin(), m_candidates.end(), ranksBefore);
}

// The smallest set that holds the share top-p of all weight, best first. Usually a few dozen
// tokens: tried with some more first.
void Sampler::keepMass(std::span<const float> logits, float largest, double total)
{
    for (size_t k = 128;; k *= 8) {
        keepBest(logits, std::min(k, logits.size()));
        if (weigh(largest) >= m_settings.topP * total || k >= logits.size())
            break;
    }
    cutMass(total);
}

// Weights of the candidates, relative to the most likely token, which has 1. Returns their sum.
double Sampler::weigh(float largest)
{
    m_weights.resize(m_candidates.size());
    double sum = 0.0;
    for (size_t i = 0; i < m_candidates.size(); ++i) {
        m_weights[i] = expNonPositive((m_candidates[i].logit - largest) / m_settings.temperature);
        sum += static_cast<double>(m_weights[i]);
    }
    return sum;
}

// Candidates are best first: keeps the shortest beginning that holds top-p of `total`.
void Sampler::cutMass(double total)
{
    double mass = 0.0;
    size_t kept = 0;
    while (kept < m_weights.size() && mass < m_settings.topP * total)
        mass += static_cast<double>(m_weights[kept++]);
    m_weights.resize(std::max<size_t>(kept, 1));
    m_candidates.resize(m_weights.size());
}

// min-p: weights are relative to the most likely, which has 1.
void Sampler::cutUnlikely()
{
    if (m_settings.minP <= 0.0f)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < m_candidates.size(); ++i) {
        if (m_weights[i] < m_settings.minP)
            continue;
        m_candidates[kept] = m_candidates[i];
        m_weights[kept++] = m_weights[i];
    }
    m_candidates.resize(kept);
    m_weights.resize(kept);
}

int32_t Sampler::draw()
{
    double total = 0.0;
    for (const float weight : m_weights)
        total += static_cast<double>(weight);
    double left = m_random.uniform() * total;
    for (size_t i = 0; i + 1 < m_candidates.size(); ++i) {
        left -= static_cast<double>(m_weights[i]);
        if (left < 0.0)
            return m_candidates[i].id;
    }
    return m_candidates.back().id;
}

} // namespace inferlab
