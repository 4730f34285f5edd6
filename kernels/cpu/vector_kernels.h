// The inner loops that exist once per instruction set, behind a table of functions.
// None of them allocates, throws or starts threads; pointers need no alignment beyond their type's.
#pragma once

#include "isa.h"

#include <cstdint>

namespace inferlab {

// Keys that attention takes at once. A tile begins at a multiple of this position, wherever blocks
// of the cache end, so that a row is summed in the same order in every batch. 64 keys of 64
// elements as float32 are 16 KiB: keys and values together stay in a first-level cache of 32 KiB
// and more.
constexpr int32_t kTileKeys = 64;

// One head of one sequence's keys and values: position p lies at element
// (table[p / blockTokens] * blockStride + p % blockTokens * headDim) of both, which point to the
// head within block 0.
struct CachedHead
{
    const void *keys = nullptr;
    const void *values = nullptr;
    const int32_t *table = nullptr;
    int64_t blockStride = 0;
    int32_t blockTokens = 0;
    int32_t headDim = 0;
    int32_t tokens = 0; // positions that the cache holds for the queries at hand
};

// One stretch of such a head, for queries that share it.
struct AttentionChunk
{
    // Queries [queries][headDim], already times the scale; query i attends to positions 0 ..
    // last[i], and last[] never falls.
    const float *q = nullptr;
    const int32_t *last = nullptr;
    int32_t queries = 0;

    CachedHead cached;
    bool half = false; // elements are binary16, else float32

    // Positions begin .. end - 1; begin is a multiple of kTileKeys, and so is end unless it is
    // cached.tokens.
    int32_t begin = 0;
    int32_t end = 0;

    // What this thread attends to after `end`, which is asked of memory meanwhile. Of the same
    // type; without keys: nothing is known.
    CachedHead upcoming;
    int32_t upcomingBegin = 0; // a multiple of kTileKeys, below upcoming.tokens

    // Scratch. paddedDim: headDim rounded up to a multiple of 16.
    int32_t paddedDim = 0;
    float *keyTile = nullptr;   // [headDim][kTileKeys]
    float *valueTile = nullptr; // [kTileKeys][paddedDim]
    float *scores = nullptr;    // [queries][kTileKeys]

    // Results for queries with last >= begin: the largest score, and with e = exp(score - largest)
    // the sum of e and the sum of e * value.
    float *largest = nullptr; // [queries]
    float *total = nullptr;   // [queries]
    float *sums = nullptr;    // [queries][paddedDim]
};

struct VectorKernels
{
    // out = x / sqrt(mean(x^2) + epsilon) * gain; out may be x.
    void (*rmsNormRow)(const float *x, const float *gain, float epsilon, float *out,
                       int64_t n) noexcept;
    // out = silu(gate) * up; out may be gate.
    void (*siluMultiplyRow)(const float *gate, const float *up, float *out, int64_t n) noexcept;
    // x += y
    void (*addRow)(float *x, const float *y, int64_t n) noexcept;
    // out = exp(x); relative error below 2e-7, 0 where that is below 2^-126.
    void (*expRow)(const float *x, float *out, int64_t n) noexcept;
    // To binary16, to nearest even.
    void (*halvesFromFloats)(const float *x, uint16_t *out, int64_t n) noexcept;
    void (*attendChunk)(const AttentionChunk &chunk) noexcept;
};

// The machine must run `isa`.
const VectorKernels &vectorKernels(Isa isa) noexcept;

} // namespace inferlab
