// Two ways through the same sums: whole rows per piece where there are many, and one chunk of keys
// per piece where there are few rows (decode), so that all threads have work.
#include "attention.h"

#include "kernels/api/cache_support.h"
#include "kernels/api/dequantize.h"
#include "kernels/host/host_memory.h"
#include "take_pieces.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

namespace inferlab {

namespace {

// Keys with a softmax of their own. Merging costs as much as some three keys, so 512 make it free;
// and a context of a few thousand still has pieces for several threads.
constexpr int32_t kChunkKeys = 512;
static_assert(kChunkKeys % kTileKeys == 0);

// Queries (rows times heads of a group) that share a tile of keys: enough that turning the tile
// costs little beside using it, few enough that scores and sums stay in the second-level cache.
constexpr int64_t kTileQueries = 64;

// Up to so many rows are split by keys: beyond, rows and heads alone keep the threads busy, and the
// partial sums would fill caches.
constexpr int64_t kMaxSplitRows = 4;

// The widest vector, so that padded rows need no partial vectors.
constexpr int64_t kPadding = 16;

int64_t roundUp(int64_t value, int64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

// Adds one chunk of a query to the chunks before it.
void mergeInto(float &largest, float &total, float *sums, float otherLargest, float otherTotal,
               const float *otherSums, int64_t n)
{
    const float newLargest = std::max(largest, otherLargest);
    const float scale = std::exp(largest - newLargest);
    const float otherScale = std::exp(otherLargest - newLargest);
    total = total * scale + otherTotal * otherScale;
    for (int64_t d = 0; d < n; ++d)
        sums[d] = sums[d] * scale + otherSums[d] * otherScale;
    largest = newLargest;
}

void divideInto(float *out, const float *sums, float total, int64_t n)
{
    const float factor = 1.0f / total;
    for (int64_t d = 0; d < n; ++d)
        out[d] = sums[d] * factor;
}

int32_t chunksOf(int32_t lastPosition)
{
    return lastPosition / kChunkKeys + 1;
}

} // namespace

CpuAttention::Sizes CpuAttention::sizesFor(const StepLimits &limits)
{
    Sizes sizes;
    const int64_t heads = std::max(limits.heads, 1);
    sizes.queries = std::max(kTileQueries, heads);
    sizes.paddedDim = roundUp(std::max(limits.headDim, 1), kPadding);
    sizes.chunks = (std::max<int64_t>(limits.contextTokens, 1) + kChunkKeys - 1) / kChunkKeys;
    sizes.splitRows = std::min(kMaxSplitRows, std::max<int64_t>(limits.rows, 1));
    sizes.rowTiles = limits.rows;
    sizes.cachedFloats =
        limits.cacheType == DType::Q8_0 ? kChunkKeys * std::max<int64_t>(limits.headDim, 1) : 0;
    const int64_t partial = sizes.queries * (sizes.paddedDim + 2);
    sizes.scratchFloats = roundUp(sizes.queries * sizes.paddedDim       // q
                                      + 2 * kTileKeys * sizes.paddedDim // tiles of keys and values
                                      + sizes.queries * kTileKeys       // scores
                                      + sizes.queries                   // last positions
                                      + 2 * partial + 2 * sizes.cachedFloats,
                                  kPadding);
    sizes.partialFloats = sizes.splitRows * heads * sizes.chunks * (sizes.paddedDim + 2);
    return sizes;
}

size_t CpuAttention::workspaceBytes(const StepLimits &limits, int threads) const noexcept
{
    const Sizes sizes = sizesFor(limits);
    return static_cast<size_t>(sizes.scratchFloats * threads + sizes.partialFloats) * sizeof(float)
        + static_cast<size_t>(sizes.rowTiles) * sizeof(RowTile);
}

void CpuAttention::reserve(const StepLimits &limits, int threads)
{
    const Sizes sizes = sizesFor(limits);
    const int64_t floats = sizes.scratchFloats * threads + sizes.partialFloats;
    // Nothing changes unless all of it was had.
    m_tiles.reserve(static_cast<size_t>(sizes.rowTiles));
    m_memory = allocateHostMemory(static_cast<size_t>(floats) * sizeof(float));
    m_sizes = sizes;
    m_threads = threads;
}

CpuAttention::Scratch CpuAttention::scratchOf(int worker) const noexcept
{
    float *next = static_cast<float *>(m_memory->data()) + m_sizes.scratchFloats * worker;
    const auto take = [&next](int64_t floats) {
        float *taken = next;
        next += floats;
        return taken;
    };
    const int64_t queries = m_sizes.queries;
    const int64_t dim = m_sizes.paddedDim;
    Scratch scratch;
    scratch.q = take(queries * dim);
    scratch.keyTile = take(kTileKeys * dim);
    scratch.valueTile = take(kTileKeys * dim);
    scratch.scores = take(queries * kTileKeys);
    scratch.cachedKeys = take(m_sizes.cachedFloats);
    scratch.cachedValues = take(m_sizes.cachedFloats);
    scratch.chunk = {take(queries), take(queries), take(queries * dim)};
    scratch.merged = {take(queries), take(queries), take(queries * dim)};
    static_assert(sizeof(int32_t) == sizeof(float));
    scratch.last = reinterpret_cast<int32_t *>(take(queries));
    return scratch;
}

// Partials of split rows lie after the scratch: [row][head][chunk], each sums, largest, total.
CpuAttention::Partial CpuAttention::splitPartial(int64_t row, int64_t head, int64_t chunk,
                                                 int32_t heads) const noexcept
{
    float *base = static_cast<float *>(m_memory->data()) + m_sizes.scratchFloats * m_threads;
    const int64_t size = m_sizes.paddedDim + 2;
    float *partial = base + ((row * heads + head) * m_sizes.chunks + chunk) * size;
    return {partial + m_sizes.paddedDim, partial + m_sizes.paddedDim + 1, partial};
}

void CpuAttention::cutRows(const AttentionArgs &args)
{
    const RowPlacement &placement = args.placement;
    const int64_t group = args.heads / args.cache.kvHeads;
    const auto most = static_cast<int32_t>(std::max<int64_t>(1, kTileQueries / group));
    m_tiles.clear();
    for (int32_t row = 0; row < placement.rows;) {
        int32_t end = row + 1;
        while (end < placement.rows && end - row < most
               && placement.sequence[end] == placement.sequence[row]
               && placement.position[end] > placement.position[end - 1])
            ++end;
        m_tiles.push_back({row, end - row});
        row = end;
    }
}

int32_t CpuAttention::lastPosition(const RowPlacement &placement, RowTile tile) noexcept
{
    return placement.position[tile.firstRow + tile.rows - 1];
}

CachedHead CpuAttention::cachedHead(const AttentionArgs &args, Piece piece) noexcept
{
    const KvLayerView &cache = args.cache;
    const RowPlacement &placement = args.placement;
    const int64_t headElements = int64_t {cache.blockTokens} * cache.headDim;
    const size_t headBytes = rowBytes(cache.dtype, piece.kvHead * headElements);
    CachedHead head;
    head.keys = static_cast<const char *>(cache.keys) + headBytes;
    head.values = static_cast<const char *>(cache.values) + headBytes;
    head.table = placement.blockTables
        + int64_t {placement.sequence[piece.tile.firstRow]} * placement.maxBlocks;
    head.blockStride = headElements * cache.kvHeads;
    head.blockTokens = cache.blockTokens;
    head.headDim = cache.headDim;
    head.tokens = lastPosition(placement, piece.tile) + 1;
    return head;
}

// Copies the queries of a tile, scaled, and fills in everything but where the keys end, what comes
// after them and the results.
void CpuAttention::prepare(const AttentionArgs &args, Piece piece, const Scratch &scratch,
                           AttentionChunk &chunk) const noexcept
{
    const KvLayerView &cache = args.cache;
    const int32_t headDim = cache.headDim;
    const int32_t group = args.heads / cache.kvHeads;
    const auto [tile, kvHead, chunkIndex] = piece;
    for (int32_t r = 0; r < tile.rows; ++r) {
        const float *source = args.q.row(tile.firstRow + r) + int64_t {kvHead} * group * headDim;
        float *target = scratch.q + int64_t {r} * group * headDim;
        for (int64_t i = 0; i < int64_t {group} * headDim; ++i)
            target[i] = source[i] * args.scale;
        for (int32_t i = 0; i < group; ++i)
            scratch.last[r * group + i] = args.placement.position[tile.firstRow + r];
    }

    chunk.q = scratch.q;
    chunk.last = scratch.last;
    chunk.queries = tile.rows * group;
    chunk.cached = cachedHead(args, piece);
    chunk.begin = chunkIndex * kChunkKeys;
    chunk.half = cache.dtype == DType::F16;
    chunk.paddedDim = static_cast<int32_t>(roundUp(headDim, kPadding));
    chunk.keyTile = scratch.keyTile;
    chunk.valueTile = scratch.valueTile;
    chunk.scores = scratch.scores;
}

// A cache of Q8_0 is turned into float32 a chunk at a time: the vector code reads that.
void CpuAttention::attend(const AttentionArgs &args, int32_t kvHead, const Scratch &scratch,
                          AttentionChunk chunk) const noexcept
{
    const KvLayerView &cache = args.cache;
    if (cache.dtype == DType::Q8_0) {
        assert(m_sizes.cachedFloats >= int64_t {kChunkKeys} * cache.headDim);
        const int32_t end = std::min(chunk.end, chunk.cached.tokens);
        for (int32_t position = chunk.begin; position < end; ++position) {
            const int64_t block = chunk.cached.table[position / cache.blockTokens];
            const int64_t slot =
                (block * cache.kvHeads + kvHead) * cache.blockTokens + position % cache.blockTokens;
            const size_t from = rowBytes(DType::Q8_0, slot * cache.headDim);
            const int64_t to = int64_t {position - chunk.begin} * cache.headDim;
            dequantizeRow(DType::Q8_0, static_cast<const unsigned char *>(cache.keys) + from,
                          scratch.cachedKeys + to, cache.headDim);
            dequantizeRow(DType::Q8_0, static_cast<const unsigned char *>(cache.values) + from,
                          scratch.cachedValues + to, cache.headDim);
        }
        chunk.cached.keys = scratch.cachedKeys;
        chunk.cached.values = scratch.cachedValues;
        // One block of a chunk's length, wherever it lies: the table is read and does not count.
        assert(cache.blockTokens <= kChunkKeys);
        chunk.cached.blockTokens = kChunkKeys;
        chunk.cached.blockStride = 0;
        chunk.upcoming = {}; // of another type
    }
    m_kernels->attendChunk(chunk);
}

bool CpuAttention::attendWhole(const AttentionArgs &args, Piece piece, const Piece *ahead,
                               const Scratch &scratch, const StopCheck &stop) const noexcept
{
    AttentionChunk chunk;
    prepare(args, piece, scratch, chunk);
    const CachedHead upcoming = ahead != nullptr ? cachedHead(args, *ahead) : CachedHead {};
    const int32_t tokens = chunk.cached.tokens;
    const int64_t dim = chunk.paddedDim;
    Partial current = scratch.chunk;
    Partial merged = scratch.merged;
    for (; chunk.begin < tokens; chunk.begin += kChunkKeys) {
        if (stop && stop())
            return false;
        chunk.end = std::min(tokens, chunk.begin + kChunkKeys);
        chunk.upcoming = chunk.end < tokens ? chunk.cached : upcoming;
        chunk.upcomingBegin = chunk.end < tokens ? chunk.end : 0;
        chunk.largest = current.largest;
        chunk.total = current.total;
        chunk.sums = current.sums;
        attend(args, piece.kvHead, scratch, chunk);
        if (chunk.begin == 0) {
            std::swap(current, merged);
            continue;
        }
        for (int32_t i = 0; i < chunk.queries; ++i) {
            if (chunk.last[i] >= chunk.begin) {
                mergeInto(merged.largest[i], merged.total[i], merged.sums + i * dim,
                          current.largest[i], current.total[i], current.sums + i * dim, dim);
            }
        }
    }
    const int32_t group = args.heads / args.cache.kvHeads;
    for (int32_t i = 0; i < chunk.queries; ++i) {
        float *out = args.out.row(piece.tile.firstRow + i / group)
            + int64_t {piece.kvHead * group + i % group} * chunk.cached.headDim;
        divideInto(out, merged.sums + i * dim, merged.total[i], chunk.cached.headDim);
    }
    return true;
}

// One chunk of keys for one row tile and head of the cache; its partials go to their places.
// ahead: the thread's next piece, if there is one.
void CpuAttention::attendPiece(const AttentionArgs &args, Piece piece, const Piece *ahead,
                               const Scratch &scratch) const noexcept
{
    AttentionChunk chunk;
    prepare(args, piece, scratch, chunk);
    const auto [tile, kvHead, chunkIndex] = piece;
    chunk.end = std::min(chunk.cached.tokens, chunk.begin + kChunkKeys);
    if (ahead != nullptr) {
        chunk.upcoming = cachedHead(args, *ahead);
        chunk.upcomingBegin = ahead->chunk * kChunkKeys;
    }
    chunk.largest = scratch.chunk.largest;
    chunk.total = scratch.chunk.total;
    chunk.sums = scratch.chunk.sums;
    attend(args, kvHead, scratch, chunk);
    const int32_t group = args.heads / args.cache.kvHeads;
    for (int32_t i = 0; i < chunk.queries; ++i) {
        if (chunk.last[i] < chunk.begin)
            continue;
        const Partial partial = splitPartial(tile.firstRow + i / group, kvHead * group + i % group,
                                             chunkIndex, args.heads);
        *partial.largest = chunk.largest[i];
        *partial.total = chunk.total[i];
        std::copy_n(chunk.sums + int64_t {i} * chunk.paddedDim, chunk.paddedDim, partial.sums);
    }
}

void CpuAttention::runWhole(const AttentionArgs &args, ThreadPool &pool,
                            const StopCheck &stop) const
{
    const int32_t kvHeads = args.cache.kvHeads;
    const auto pieces = static_cast<int64_t>(m_tiles.size()) * kvHeads;
    // The last rows of a prompt see most keys: they come first, so that the threads end together.
    const auto pieceAt = [&](int64_t taken) {
        const int64_t index = pieces - 1 - taken;
        return std::optional(Piece {m_tiles[static_cast<size_t>(index / kvHeads)],
                                    static_cast<int32_t>(index % kvHeads)});
    };
    takePieces(pool, pieces, pieceAt, [&](int worker, Piece piece, const Piece *ahead) {
        return attendWhole(args, piece, ahead, scratchOf(worker), stop);
    });
}

void CpuAttention::runSplit(const AttentionArgs &args, ThreadPool &pool,
                            const StopCheck &stop) const
{
    const int32_t kvHeads = args.cache.kvHeads;
    const RowPlacement &placement = args.placement;
    int32_t longest = 0;
    for (const RowTile &tile : m_tiles)
        longest = std::max(longest, lastPosition(placement, tile));
    const int32_t chunks = chunksOf(longest);
    const auto pieces = static_cast<int64_t>(m_tiles.size()) * kvHeads * chunks;
    // Shorter sequences have no keys in the last chunks.
    const auto pieceAt = [&](int64_t taken) -> std::optional<Piece> {
        const RowTile tile = m_tiles[static_cast<size_t>(taken / chunks / kvHeads)];
        const auto chunk = static_cast<int32_t>(taken % chunks);
        if (chunk >= chunksOf(lastPosition(placement, tile)))
            return std::nullopt;
        return Piece {tile, static_cast<int32_t>(taken / chunks % kvHeads), chunk};
    };
    takePieces(pool, pieces, pieceAt, [&](int worker, Piece piece, const Piece *ahead) {
        if (stop && stop())
            return false;
        attendPiece(args, piece, ahead, scratchOf(worker));
        return true;
    });

    if (stop && stop())
        return;

    const int32_t headDim = args.cache.headDim;
    const int64_t dim = roundUp(headDim, kPadding);
    for (int32_t row = 0; row < placement.rows; ++row) {
        for (int32_t head = 0; head < args.heads; ++head) {
            const Partial merged = splitPartial(row, head, 0, args.heads);
            for (int32_t chunk = 1; chunk < chunksOf(placement.position[row]); ++chunk) {
                const Partial other = splitPartial(row, head, chunk, args.heads);
                mergeInto(*merged.largest, *merged.total, merged.sums, *other.largest, *other.total,
                          other.sums, dim);
            }
            divideInto(args.out.row(row) + int64_t {head} * headDim, merged.sums, *merged.total,
                       headDim);
        }
    }
}

void CpuAttention::run(const AttentionArgs &args, ThreadPool &pool, const StopCheck &stop)
{
    assert(cacheSupport(args.cache.dtype, args.cache.headDim).supported);
    assert(args.cache.kvHeads > 0 && args.heads % args.cache.kvHeads == 0);
    assert(args.q.cols == int64_t {args.heads} * args.cache.headDim
           && args.out.cols == args.q.cols);
    assert(args.q.rows == args.placement.rows && args.out.rows == args.q.rows);
    assert(m_memory != nullptr && m_threads == pool.threads() && "reserve() first");
    assert(roundUp(args.cache.headDim, kPadding) <= m_sizes.paddedDim);
    assert(args.placement.rows <= m_sizes.rowTiles && args.heads <= m_sizes.queries);
    if (args.placement.rows == 0)
        return;
    cutRows(args);
    if (pool.threads() > 1 && args.placement.rows <= m_sizes.splitRows)
        runSplit(args, pool, stop);
    else
        runWhole(args, pool, stop);
}

} // namespace inferlab
