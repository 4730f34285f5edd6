// Attention of the CPU backend: cuts the work into pieces for the threads, and puts the pieces
// together.
//
// The promise of kernels/api/backend.h holds because a row's sum is cut at fixed positions only:
// tiles of kTileKeys keys within chunks of kChunkKeys, both counted from position 0. Each chunk has
// its own softmax; chunks are merged in rising order. Which rows share a piece, and which thread
// takes it, changes nothing.
#pragma once

#include "kernels/api/backend.h"
#include "thread_pool.h"
#include "vector_kernels.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inferlab {

class CpuAttention
{
public:
    explicit CpuAttention(const VectorKernels &kernels)
        : m_kernels(&kernels)
    { }

    size_t workspaceBytes(const StepLimits &limits, int threads) const noexcept;
    void reserve(const StepLimits &limits, int threads);
    // Gives up, some of args.out not written, when `stop` says so.
    void run(const AttentionArgs &args, ThreadPool &pool, const StopCheck &stop);

private:
    // Rows of one sequence that share each tile of keys.
    struct RowTile
    {
        int32_t firstRow = 0;
        int32_t rows = 0;
    };
    // What one thread takes at a time.
    struct Piece
    {
        RowTile tile;
        int32_t kvHead = 0;
        int32_t chunk = 0; // of kChunkKeys keys; whole tiles begin with the first
    };
    // The softmax of some queries over some keys, not yet divided by its total.
    struct Partial
    {
        float *largest = nullptr;
        float *total = nullptr;
        float *sums = nullptr; // [queries][paddedDim]
    };
    struct Scratch
    {
        float *q = nullptr;
        float *keyTile = nullptr;
        float *valueTile = nullptr;
        float *scores = nullptr;
        int32_t *last = nullptr;
        float *cachedKeys = nullptr; // [kChunkKeys][headDim]; with a cache of Q8_0
        float *cachedValues = nullptr;
        Partial chunk;
        Partial merged;
    };
    struct Sizes
    {
        int64_t queries = 0; // of one row tile
        int64_t paddedDim = 0;
        int64_t cachedFloats = 0; // of a chunk's keys; 0 where the cache is read as it is
        int64_t chunks = 0;
        int64_t scratchFloats = 0; // of one thread
        int64_t partialFloats = 0; // of all split rows
        int64_t splitRows = 0;
        int64_t rowTiles = 0;
    };

    static Sizes sizesFor(const StepLimits &limits);
    Scratch scratchOf(int worker) const noexcept;
    Partial splitPartial(int64_t row, int64_t head, int64_t chunk, int32_t heads) const noexcept;
    void cutRows(const AttentionArgs &args);
    static int32_t lastPosition(const RowPlacement &placement, RowTile tile) noexcept;
    static CachedHead cachedHead(const AttentionArgs &args, Piece piece) noexcept;
    void prepare(const AttentionArgs &args, Piece piece, const Scratch &scratch,
                 AttentionChunk &chunk) const noexcept;
    // Attends to the chunk's range of keys.
    void attend(const AttentionArgs &args, int32_t kvHead, const Scratch &scratch,
                AttentionChunk chunk) const noexcept;
    // ahead: the thread's next piece; null: not known. False when it gave up.
    bool attendWhole(const AttentionArgs &args, Piece piece, const Piece *ahead,
                     const Scratch &scratch, const StopCheck &stop) const noexcept;
    void attendPiece(const AttentionArgs &args, Piece piece, const Piece *ahead,
                     const Scratch &scratch) const noexcept;
    void runWhole(const AttentionArgs &args, ThreadPool &pool, const StopCheck &stop) const;
    void runSplit(const AttentionArgs &args, ThreadPool &pool, const StopCheck &stop) const;

    const VectorKernels *m_kernels;
    Sizes m_sizes;
    int m_threads = 0;
    std::unique_ptr<Buffer> m_memory; // scratch of each thread, then partials of split rows
    std::vector<RowTile> m_tiles;
};

} // namespace inferlab
