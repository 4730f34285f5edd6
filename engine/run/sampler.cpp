#include "sampler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace inferlab {

namespace {

// Larger logit first; among equals the lower id, so that an order has one meaning.
template <typename T>
bool better(const T &a, const T &b) noexcept
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

struct Leader
{
    int32_t id = -1;
    float logit = 0.0f;
};

// The best few of all logits in one pass. Also the check that every one is a number.
struct Leaders
{
    static constexpr int kCount = TokenEvent::kRunnersUp + 1;
    std::array<Leader, kCount> best;
    int count = 0;

    void offer(Leader candidate) noexcept
    {
        int at = count < kCount ? count++ : kCount - 1;
        for (; at > 0 && better(candidate, best[static_cast<size_t>(at - 1)]); --at)
            best[static_cast<size_t>(at)] = best[static_cast<size_t>(at - 1)];
        best[static_cast<size_t>(at)] = candidate;
    }
    float worst() const noexcept { return best[kCount - 1].logit; }
};

Leaders findLeaders(std::span<const float> logits)
{
    Leaders leaders;
    bool isNumber = true;
    for (size_t i = 0; i < logits.size(); ++i) {
        const float logit = logits[i];
        isNumber = isNumber && !std::isnan(logit);
        // Rising ids: an equal logit further on never replaces an earlier one.
        if (leaders.count < Leaders::kCount || logit > leaders.worst())
            leaders.offer({static_cast<int32_t>(i), logit});
    }
    if (!isNumber)
        throw std::runtime_error("the model produced logits that are not numbers (NaN)");
    if (leaders.count == 0 || !std::isfinite(leaders.best[0].logit))
        throw std::runtime_error("the model produced logits that are not finite");
    return leaders;
}

// exp for x <= 0 by 2^n times a polynomial, in plain arithmetic that compilers vectorise: the sum
// over the vocabulary is taken at every token and only shown, so a relative error of 1e-6 is
// plenty.
float expNonPositive(float x) noexcept
{
    x = std::max(x, -87.0f); // below: 1e-38, nothing beside the largest term, 1
    const float n = std::nearbyint(x * 1.44269504f);
    const float r = x - n * 0.693359375f + n * 2.12194440e-4f; // ln 2 in two parts
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const auto bits = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
    return p * std::bit_cast<float>(bits);
}

// Sum of exp(logit - largest) in a fixed order: eight lanes, then their sum.
double exponentialSum(std::span<const float> logits, float largest)
{
    constexpr size_t kLanes = 8;
    constexpr size_t kRun =
        1024; // floats may add this many terms below 1 without losing the digits shown
    double sum = 0.0;
    for (size_t begin = 0; begin < logits.size(); begin += kRun) {
        const size_t end = std::min(begin + kRun, logits.size());
        std::array<float, kLanes> lanes {};
        size_t i = begin;
        for (; i + kLanes <= end; i += kLanes) {
            for (size_t lane = 0; lane < kLanes; ++lane)
                lanes[lane] += expNonPositive(logits[i + lane] - largest);
        }
        for (; i < end; ++i)
            lanes[0] += expNonPositive(logits[i] - largest);
        for (const float lane : lanes)
            sum += static_cast<double>(lane);
    }
    return sum;
}

} // namespace

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
    if (m_settings.temperature == 0.0f && m_isSeen.empty()) {
        choice.id = leaders.best[0].id;
    } else {
        selectCandidates(logits);
        choice.id = m_settings.temperature == 0.0f ? m_candidates.front().id : draw();
    }
    remember(choice.id);

    const float largest = leaders.best[0].logit;
    const double sum = exponentialSum(logits, largest);
    const auto probability = [&](float logit) {
        return static_cast<float>(std::exp(static_cast<double>(logit) - largest) / sum);
    };
    choice.probability = probability(logits[static_cast<size_t>(choice.id)]);
    for (int i = 0; i < leaders.count; ++i) {
        const Leader &leader = leaders.best[static_cast<size_t>(i)];
        const bool full = choice.runnersUp.size() == TokenEvent::kRunnersUp;
        if (leader.id != choice.id && !full)
            choice.runnersUp.push_back({leader.id, probability(leader.logit), {}});
    }
    return choice;
}

void Sampler::selectCandidates(std::span<const float> modelLogits)
{
    std::span<const float> logits = modelLogits;
    if (!m_isSeen.empty()) {
        m_penalised.assign(modelLogits.begin(), modelLogits.end());
        for (const int32_t id : m_seen) {
            float &logit = m_penalised[static_cast<size_t>(id)];
            logit = logit > 0.0f ? logit / m_settings.repetitionPenalty
                                 : logit * m_settings.repetitionPenalty;
        }
        logits = m_penalised;
    }
    if (m_settings.temperature == 0.0f) {
        keepBest(logits, 1);
        return;
    }
    const bool cutsByRank =
        m_settings.topK > 0 && static_cast<size_t>(m_settings.topK) < logits.size();
    if (cutsByRank)
        keepBest(logits, static_cast<size_t>(m_settings.topK));
    else if (m_settings.topP < 1.0f)
        keepMass(logits);
    else
        keepAll(logits);
    weigh(logits);
    if (m_settings.topP < 1.0f && cutsByRank)
        cutMass(std::accumulate(m_weights.begin(), m_weights.end(), 0.0));
    cutUnlikely();
}

// The k best, best first. One pass over the logits; what is kept stays small enough for the cache.
void Sampler::keepBest(std::span<const float> logits, size_t k)
{
    const size_t capacity = std::max<size_t>(4 * k, 256);
    m_candidates.clear();
    float threshold = -std::numeric_limits<float>::infinity();
    const auto trim = [&] {
        const auto keep = m_candidates.begin() + static_cast<std::ptrdiff_t>(k);
        std::nth_element(m_candidates.begin(), keep - 1, m_candidates.end(), better<Candidate>);
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
    std::sort(m_candidates.begin(), m_candidates.end(), better<Candidate>);
}

void Sampler::keepAll(std::span<const float> logits)
{
    m_candidates.resize(logits.size());
    for (size_t i = 0; i < logits.size(); ++i)
        m_candidates[i] = {static_cast<int32_t>(i), logits[i]};
}

// The smallest set that holds the share top-p of all weight, best first. Usually a few dozen
// tokens: tried with a thousand first.
void Sampler::keepMass(std::span<const float> logits)
{
    keepAll(logits);
    weigh(logits);
    const double total = std::accumulate(m_weights.begin(), m_weights.end(), 0.0);
    for (size_t k = 1024;; k *= 8) {
        keepBest(logits, std::min(k, logits.size()));
        weigh(logits);
        const double mass = std::accumulate(m_weights.begin(), m_weights.end(), 0.0);
        if (mass >= m_settings.topP * total || k >= logits.size())
            break;
    }
    cutMass(total);
}

void Sampler::weigh(std::span<const float> logits)
{
    const float largest = *std::max_element(logits.begin(), logits.end());
    m_weights.resize(m_candidates.size());
    for (size_t i = 0; i < m_candidates.size(); ++i)
        m_weights[i] = std::exp((static_cast<double>(m_candidates[i].logit) - largest)
                                / m_settings.temperature);
}

// Candidates are best first: keeps the shortest beginning that holds top-p of `total`.
void Sampler::cutMass(double total)
{
    double mass = 0.0;
    size_t kept = 0;
    while (kept < m_weights.size() && mass < m_settings.topP * total)
        mass += m_weights[kept++];
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
    for (const double weight : m_weights)
        total += weight;
    double left = m_random.uniform() * total;
    for (size_t i = 0; i + 1 < m_candidates.size(); ++i) {
        left -= m_weights[i];
        if (left < 0.0)
            return m_candidates[i].id;
    }
    return m_candidates.back().id;
}

} // namespace inferlab
