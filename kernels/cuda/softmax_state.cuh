// A softmax that is still being summed up: over some keys, and how two of them become one, as long
// as the second's keys come later.
#pragma once

#include "launch.cuh"

#include <cuda_runtime.h>

namespace inferlab::cuda {

constexpr float kNothing = -INFINITY; // largest score of no key

// The softmax over some keys: the largest score, the sum of exp(score - largest), and the values
// weighted with the same; element lane + 32 i of the values.
template <int perLane>
struct SoftmaxState
{
    float largest;
    float total;
    float sums[perLane];
};

template <int perLane>
__device__ __forceinline__ void clear(SoftmaxState<perLane> &state)
{
    state.largest = kNothing;
    state.total = 0.0f;
#pragma unroll
    for (int i = 0; i < perLane; ++i)
        state.sums[i] = 0.0f;
}

// How two softmaxes become one: what each one's sums are multiplied with.
struct MergeScales
{
    float before;
    float after;
};

// Adds the keys of `after`, which come later; some are seen. The operations are spelled out so that
// both ways round alike.
__device__ __forceinline__ MergeScales mergeTotals(float &largest, float &total, float largestAfter,
                                                   float totalAfter)
{
    const float merged = fmaxf(largest, largestAfter);
    const MergeScales scales {expf(largest - merged), expf(largestAfter - merged)};
    total = __fmaf_rn(total, scales.before, __fmul_rn(totalAfter, scales.after));
    largest = merged;
    return scales;
}

__device__ __forceinline__ float mergeSums(float before, float after, MergeScales scales)
{
    return __fmaf_rn(before, scales.before, __fmul_rn(after, scales.after));
}

template <int perLane>
__device__ __forceinline__ void merge(SoftmaxState<perLane> &state,
                                      const SoftmaxState<perLane> &other)
{
    if (other.largest == kNothing)
        return;
    const MergeScales scales = mergeTotals(state.largest, state.total, other.largest, other.total);
#pragma unroll
    for (int i = 0; i < perLane; ++i)
        state.sums[i] = mergeSums(state.sums[i], other.sums[i], scales);
}

} // namespace inferlab::cuda
