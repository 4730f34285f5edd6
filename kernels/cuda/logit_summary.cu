#include "logit_summary.h"

#include "launch.cuh"
#include "warp.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 512;
constexpr int kWarps = static_cast<int>(kThreads) / kWarpLanes;
// Logits that may be looked at more closely. Of a row in no special order some 70 are.
constexpr int kMostKept = 512;

// Orders logits, and among equals lower ids first: a larger key comes first. No two are equal, and
// none is 0.
__device__ __forceinline__ unsigned long long keyOf(float logit, int64_t id)
{
    const unsigned bits = __float_as_uint(logit == 0.0f ? 0.0f : logit); // -0 is 0
    const unsigned ordered = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
    return static_cast<unsigned long long>(ordered) << 32
        | (0xffffffffu - static_cast<unsigned>(id));
}

__device__ __forceinline__ float logitOf(unsigned long long key)
{
    const auto ordered = static_cast<unsigned>(key >> 32);
    const unsigned bits = (ordered & 0x80000000u) != 0 ? ordered & 0x7fffffffu : ~ordered;
    return __int_as_float(static_cast<int>(bits));
}

__device__ __forceinline__ int idOf(unsigned long long key)
{
    return static_cast<int>(0xffffffffu - static_cast<unsigned>(key));
}

struct Shared
{
    unsigned long long firsts[kThreads]; // each thread's best
    unsigned long long kept[kMostKept];
    unsigned long long bound; // the best reach from here up
    float sums[2][kWarps];
    int keptCount;
    int notNumbers;
};

// How many of `keys` come before `key`.
__device__ __forceinline__ int rankAmong(const unsigned long long *keys, int count,
                                         unsigned long long key)
{
    int rank = 0;
    for (int i = 0; i < count; ++i)
        rank += keys[i] > key ? 1 : 0;
    return rank;
}

// One block per row. Each thread's best are as many as threads; the 64th of these is a bound that
// at least 64 logits reach, and hardly more do. Those are collected and put in order.
__global__ void __launch_bounds__(kThreads)
    summariseLogitsKernel(ConstMatrixView logits, const float *temperatures, LogitSummary *out)
{
    beginKernel();
    auto *shared = sharedMemory<Shared>();
    const auto thread = static_cast<int>(threadIdx.x);
    const float *row = logits.row(blockIdx.x);
    const int wanted = min(static_cast<int>(logits.cols), LogitSummary::kMost);
    if (thread == 0) {
        shared->keptCount = 0;
        shared->notNumbers = 0;
        shared->bound = 0;
    }
    __syncthreads();

    unsigned long long first = 0;
    int notNumbers = 0;
    for (int64_t c = thread; c < logits.cols; c += kThreads) {
        const float logit = row[c];
        if (logit == logit) {
            const unsigned long long key = keyOf(logit, c);
            first = key > first ? key : first;
        } else {
            ++notNumbers;
        }
    }
    shared->firsts[thread] = first;
    if (notNumbers > 0)
        atomicAdd(&shared->notNumbers, notNumbers);
    __syncthreads();
    const int rank = rankAmong(shared->firsts, static_cast<int>(kThreads), first);
    if (rank == wanted - 1)
        shared->bound = first; // stays 0 where fewer threads have a logit
    if (rank == 0 && first != 0)
        shared->kept[0] = first; // the best; written again below
    __syncthreads();

    const float best = logitOf(shared->kept[0]);
    const unsigned long long bound = shared->bound;
    const float temperature = temperatures[blockIdx.x];
    float sum = 0.0f;
    float sumTempered = 0.0f;
    __syncthreads(); // the best is read
    for (int64_t c = thread; c < logits.cols; c += kThreads) {
        const float below = __fadd_rn(row[c], -best);
        sum = __fadd_rn(sum, expf(below));
        if (temperature > 0.0f)
            sumTempered = __fadd_rn(sumTempered, expf(below / temperature));
        if (row[c] == row[c] && keyOf(row[c], c) >= bound) {
            const int place = atomicAdd(&shared->keptCount, 1);
            if (place < kMostKept)
                shared->kept[place] = keyOf(row[c], c);
        }
    }
    sum = blockSum(sum, shared->sums[0]);
    sumTempered = blockSum(sumTempered, shared->sums[1]);
    __syncthreads();

    LogitSummary &summary = out[blockIdx.x];
    const int kept = shared->keptCount;
    if (thread < kept && kept <= kMostKept) {
        const unsigned long long key = shared->kept[thread];
        const int place = rankAmong(shared->kept, kept, key);
        if (place < wanted) {
            summary.logits[place] = logitOf(key);
            summary.ids[place] = idOf(key);
        }
    }
    if (thread == 0) {
        summary.count = kept <= kMostKept ? wanted : 0;
        summary.sum = sum;
        summary.sumTempered = sumTempered;
        summary.notNumbers = shared->notNumbers;
    }
}

} // namespace

void summariseLogits(LaunchQueue &queue, ConstMatrixView logits, const float *temperatures,
                     LogitSummary *out)
{
    Grid grid;
    grid.blocks = logits.rows;
    grid.threads = kThreads;
    grid.sharedBytes = sizeof(Shared);
    launch("summariseLogits", summariseLogitsKernel, grid, queue, logits, temperatures, out);
}

} // namespace inferlab::cuda
