// The paged cache of a case: sequences' blocks scattered over device memory, and where the batch's
// rows stand.
#pragma once

#include "guarded_memory.h"
#include "operator_check.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inferlab {

int64_t totalNewTokens(const std::vector<SequenceShape> &sequences);

// Blocks of the sequences in shuffled order, with unused blocks between them.
struct Placement
{
    std::vector<int32_t> sequence;
    std::vector<int32_t> position;
    std::vector<int32_t> tables;
    int32_t maxBlocks = 0;
    int32_t blocks = 0;

    Placement(const CacheShape &cache, const std::vector<SequenceShape> &sequences);
};

// Keys and values, and the placement of the batch's rows, in device memory.
class PlacedCache
{
public:
    PlacedCache(Backend &backend, const CacheShape &shape, std::vector<SequenceShape> sequences);

    // Values for every slot that a sequence fills; all others stay NaN, so that reading one shows.
    void fill();
    KvLayerView view() const;
    RowPlacement rows() const;
    // Keys and values of every slot; what was never written (NaN) reads as a number of its own.
    std::vector<float> contents() const;
    bool intact() const { return m_keys.intact() && m_values.intact(); }

private:
    size_t headBytes() const;
    void write(unsigned char *bytes, const std::vector<float> &values) const;
    void fillOne(GuardedMemory &memory, uint64_t seed);

    CacheShape m_shape;
    std::vector<SequenceShape> m_sequences;
    Placement m_placement;
    size_t m_bytes;
    GuardedMemory m_keys;
    GuardedMemory m_values;
    GuardedMemory m_sequence;
    GuardedMemory m_position;
    GuardedMemory m_tables;
};

// Attention over it.
AttentionArgs attentionArgs(const PlacedCache &placed, const CacheShape &shape, ConstMatrixView q,
                            MatrixView out);

// A case on such a cache; its output and work are the caller's to fill in.
OperatorCase cacheCase(std::string op, const CacheShape &cache,
                       const std::vector<SequenceShape> &sequences);
// What rows, heads and contexts need.
StepLimits cacheLimits(const CacheShape &cache, const std::vector<SequenceShape> &sequences);

// OperatorCase::tensorTolerance of what attends.
double attentionTensorTolerance(const CacheShape &cache,
                                const std::vector<SequenceShape> &sequences);

} // namespace inferlab
