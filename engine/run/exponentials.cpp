#include "exponentials.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace inferlab {

namespace {

// Lanes of partial sums: whatever the width of the vectors, the order of addition is this one.
constexpr size_t kLanes = 16;
// Terms summed in floats before the doubles take over: few enough to keep six digits, and a buffer
// that stays in the first cache.
constexpr size_t kRun = 1024;

[[gnu::always_inline]] inline double sumRun(const float *logits, size_t count, float largest,
                                            float temperature, float *terms)
{
    for (size_t i = 0; i < count; ++i)
        terms[i] = expNonPositive((logits[i] - largest) / temperature);
    std::array<float, kLanes> lanes {};
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (size_t lane = 0; lane < kLanes; ++lane)
            lanes[lane] += terms[i + lane];
    }
    for (; i < count; ++i)
        lanes[0] += terms[i];
    double sum = 0.0;
    for (const float lane : lanes)
        sum += static_cast<double>(lane);
    return sum;
}

double sumRunPlain(const float *logits, size_t count, float largest, float temperature,
                   float *terms)
{
    return sumRun(logits, count, largest, temperature, terms);
}

#if defined(__x86_64__)
// The same arithmetic in wider vectors: the vocabulary is read at every token of every sequence,
// on one thread.
[[gnu::target("avx2")]] double sumRunAvx2(const float *logits, size_t count, float largest,
                                          float temperature, float *terms)
{
    return sumRun(logits, count, largest, temperature, terms);
}
#endif

auto chooseSumRun()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return sumRunAvx2;
#endif
    return sumRunPlain;
}

} // namespace

double exponentialSum(std::span<const float> logits, float largest, float temperature,
                      std::span<float> terms)
{
    assert(terms.empty() || terms.size() == logits.size());
    const auto run = chooseSumRun();
    std::array<float, kRun> buffer;
    double sum = 0.0;
    for (size_t begin = 0; begin < logits.size(); begin += kRun) {
        const size_t count = std::min(kRun, logits.size() - begin);
        sum += run(logits.data() + begin, count, largest, temperature,
                   terms.empty() ? buffer.data() : terms.data() + begin);
    }
    return sum;
}

} // namespace inferlab
