#include "exponentials.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace inferlab {

namespace {

// Sixteen lanes: whatever the width of the machine's vectors, the order of addition is this one.
constexpr size_t kLanes = 16;

// Vectors as wide as the machine's, as many as hold the lanes.
template <size_t kWidth>
struct Vectors
{
    using Floats [[gnu::vector_size(kWidth * sizeof(float))]] = float;
    using Counts [[gnu::vector_size(kWidth * sizeof(int32_t))]] = int32_t;
    static constexpr size_t kCount = kLanes / kWidth;
};

template <size_t kWidth>
[[gnu::always_inline]] inline double sumInLanes(const float *terms, size_t count)
{
    using V = Vectors<kWidth>;
    typename V::Floats sums[V::kCount] {};
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (size_t v = 0; v < V::kCount; ++v) {
            typename V::Floats next;
            std::memcpy(&next, terms + i + v * kWidth, sizeof next);
            sums[v] += next;
        }
    }
    for (; i < count; ++i)
        sums[0][0] += terms[i];
    double sum = 0.0;
    for (size_t lane = 0; lane < kLanes; ++lane)
        sum += static_cast<double>(sums[lane / kWidth][lane % kWidth]);
    return sum;
}

[[gnu::always_inline]] inline void exponentials(const float *logits, size_t count, Tempering by,
                                                float *terms)
{
    if (by.temperature == 1.0f) { // a division less
        for (size_t i = 0; i < count; ++i)
            terms[i] = expNonPositive(logits[i] - by.largest);
        return;
    }
    for (size_t i = 0; i < count; ++i)
        terms[i] = expNonPositive((logits[i] - by.largest) / by.temperature);
}

template <size_t kWidth>
[[gnu::always_inline]] inline double sumRun(std::span<const float> logits, Tempering by,
                                            float *terms)
{
    assert(logits.size() <= kExponentialRun);
    exponentials(logits.data(), logits.size(), by, terms);
    return sumInLanes<kWidth>(terms, logits.size());
}

template <size_t kWidth>
[[gnu::always_inline]] inline double sumRunOf(std::span<const float> logits, Tempering by,
                                              const TokenSet &set, int32_t firstId, float *terms)
{
    exponentials(logits.data(), logits.size(), by, terms);
    const float boundary = set.before.logit;
    const float least = set.leastWeight;
    // Of those that equal the boundary, the first so many.
    const int32_t equals = set.before.id - firstId;
    const auto count = static_cast<int32_t>(logits.size());
    const float *values = logits.data();
    for (int32_t i = 0; i < count; ++i) {
        const uint32_t isAbove = values[i] > boundary ? ~0u : 0u;
        const uint32_t isEqual = values[i] == boundary ? ~0u : 0u;
        const uint32_t isEarly = i < equals ? ~0u : 0u;
        const uint32_t isHeavy = terms[i] >= least ? ~0u : 0u;
        const uint32_t counts = (isAbove | (isEqual & isEarly)) & isHeavy;
        terms[i] = std::bit_cast<float>(std::bit_cast<uint32_t>(terms[i]) & counts);
    }
    return sumInLanes<kWidth>(terms, logits.size());
}

template <size_t kWidth>
[[gnu::always_inline]] inline int32_t largestOfBlocks(std::span<const float> logits, size_t block,
                                                      float *blocks)
{
    assert(block % kLanes == 0);
    using V = Vectors<kWidth>;
    constexpr float kLeast = -std::numeric_limits<float>::infinity();
    typename V::Counts notNumbers {};
    int32_t all = 0;
    for (size_t begin = 0; begin < logits.size(); begin += block) {
        const size_t end = std::min(begin + block, logits.size());
        typename V::Floats largest[V::kCount];
        for (size_t v = 0; v < V::kCount; ++v)
            largest[v] = typename V::Floats {} + kLeast;
        size_t i = begin;
        for (; i + kLanes <= end; i += kLanes) {
            for (size_t v = 0; v < V::kCount; ++v) {
                typename V::Floats next;
                std::memcpy(&next, logits.data() + i + v * kWidth, sizeof next);
                largest[v] = next > largest[v] ? next : largest[v];
                notNumbers -= next != next; // true is -1
            }
        }
        float most = kLeast;
        for (; i < end; ++i) {
            most = logits[i] > most ? logits[i] : most;
            all += logits[i] != logits[i] ? 1 : 0;
        }
        for (size_t lane = 0; lane < kLanes; ++lane) {
            const float x = largest[lane / kWidth][lane % kWidth];
            most = x > most ? x : most;
        }
        *blocks++ = most;
    }
    for (size_t lane = 0; lane < kWidth; ++lane)
        all += notNumbers[lane];
    return all;
}

// One set of loops, compiled for what `attribute` names.
#define INFERLAB_LOGIT_LOOPS(suffix, width, attribute)                                             \
    attribute double sum##suffix(std::span<const float> logits, Tempering by,                      \
                                 float *terms) noexcept                                            \
    {                                                                                              \
        return sumRun<width>(logits, by, terms);                                                   \
    }                                                                                              \
    attribute double sumOf##suffix(std::span<const float> logits, Tempering by,                    \
                                   const TokenSet &set, int32_t firstId, float *terms) noexcept    \
    {                                                                                              \
        return sumRunOf<width>(logits, by, set, firstId, terms);                                   \
    }                                                                                              \
    attribute int32_t largest##suffix(std::span<const float> logits, size_t block,                 \
                                      float *blocks) noexcept                                      \
    {                                                                                              \
        return largestOfBlocks<width>(logits, block, blocks);                                      \
    }                                                                                              \
    constexpr LogitLoops k##suffix {#suffix, sum##suffix, sumOf##suffix, largest##suffix};

INFERLAB_LOGIT_LOOPS(Portable, 4, )
#if defined(__x86_64__)
INFERLAB_LOGIT_LOOPS(Avx2, 8, [[gnu::target("avx2")]])
INFERLAB_LOGIT_LOOPS(Avx512, 16, [[gnu::target("avx512f,avx512vl,prefer-vector-width=512")]])
#endif
#undef INFERLAB_LOGIT_LOOPS

} // namespace

std::vector<LogitLoops> allLogitLoops()
{
    std::vector<LogitLoops> loops {kPortable};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        loops.push_back(kAvx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        loops.push_back(kAvx512);
#endif
    return loops;
}

const LogitLoops &logitLoops() noexcept
{
    static const LogitLoops widest = allLogitLoops().back();
    return widest;
}

} // namespace inferlab
