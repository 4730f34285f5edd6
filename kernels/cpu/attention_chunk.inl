// Attention over one stretch of keys, in terms of the vector operations that
// vector_kernels_<isa>.cpp defines before it includes this text in its anonymous namespace (and of
// vector_rows.inl's exp).
//
// For each tile of kTileKeys keys: the keys are turned into float32 columns, so that a vector holds
// one element of several keys; then each score is summed over the head's elements in rising order,
// and each element of the result over the keys in rising order. Neither order knows which other
// queries are computed at the same time. Softmax is computed on the way: the sums so far are scaled
// down whenever a larger score appears (Milakov and Gimelshein, "Online normalizer calculation for
// softmax", 2018).

constexpr int kBlockQueries = 4; // queries that share a vector from memory; see kBlockVectors
static_assert(kTileKeys % (kWidth * kBlockVectors) == 0);

Reg expOf(Reg x);
template <typename Element>
Reg loadPart(const Element *source, int64_t count);

// Where the keys (or values) of a tile begin; beyond the last key the last is repeated.
template <typename Element>
void locateRows(const CachedHead &cached, const void *base, int32_t begin, int32_t count,
                const Element *(&rows)[kTileKeys])
{
    int32_t block = begin / cached.blockTokens;
    int32_t slot = begin % cached.blockTokens;
    const auto *first = static_cast<const Element *>(base);
    for (int32_t j = 0; j < count; ++j) {
        rows[j] =
            first + cached.table[block] * cached.blockStride + int64_t {slot} * cached.headDim;
        if (++slot == cached.blockTokens) {
            slot = 0;
            ++block;
        }
    }
    for (int32_t j = count; j < kTileKeys; ++j)
        rows[j] = rows[count - 1];
}

// Where a tile's keys and values are.
template <typename Element>
struct TileRows
{
    const Element *keys[kTileKeys];
    const Element *values[kTileKeys];
};

template <typename Element>
void locateTile(const CachedHead &cached, int32_t begin, TileRows<Element> &rows)
{
    const int32_t left = cached.tokens - begin;
    const int32_t count = left < kTileKeys ? left : kTileKeys;
    locateRows(cached, cached.keys, begin, count, rows.keys);
    locateRows(cached, cached.values, begin, count, rows.values);
}

int32_t roundedUp(int32_t count)
{
    return (count + kWidth - 1) / kWidth * kWidth;
}

// tile[d][j] = element d of key j. Meanwhile asks for the next tile, line by line: blocks lie
// anywhere, so the processor's own prefetching ends with each. Into the second-level cache
// (locality 2), since the tile at hand fills the first.
template <typename Element>
void transposeKeys(const Element *const (&rows)[kTileKeys], const TileRows<Element> &next,
                   int32_t count, int32_t headDim, float *tile)
{
    constexpr int32_t kLineElements = 64 / static_cast<int32_t>(sizeof(Element));
    for (int32_t j = 0; j < count; j += kWidth) {
        int32_t d = 0;
        for (; d + kWidth <= headDim; d += kWidth) {
            if (d % kLineElements == 0) {
#pragma GCC unroll 16
                for (int i = 0; i < kWidth; ++i) {
                    __builtin_prefetch(next.keys[j + i] + d, 0, 2);
                    __builtin_prefetch(next.values[j + i] + d, 0, 2);
                }
            }
            Reg square[kWidth];
#pragma GCC unroll 16
            for (int i = 0; i < kWidth; ++i)
                square[i] = load(rows[j + i] + d);
            transpose(square);
#pragma GCC unroll 16
            for (int i = 0; i < kWidth; ++i)
                store(tile + (d + i) * kTileKeys + j, square[i]);
        }
        if (d < headDim) {
            Reg square[kWidth];
            for (int i = 0; i < kWidth; ++i)
                square[i] = loadPart(rows[j + i] + d, headDim - d);
            transpose(square);
            for (int i = 0; d + i < headDim; ++i)
                store(tile + (d + i) * kTileKeys + j, square[i]);
        }
    }
    for (int32_t j = roundedUp(count); j < kTileKeys; ++j) { // beside a tile that is not full
        for (int32_t d = 0; d < headDim; d += kLineElements) {
            __builtin_prefetch(next.keys[j] + d, 0, 2);
            __builtin_prefetch(next.values[j] + d, 0, 2);
        }
    }
}

// tile[j][d] = element d of value j as float32, zero from headDim to paddedDim.
template <typename Element>
void convertValues(const Element *const (&rows)[kTileKeys], int32_t count, int32_t headDim,
                   int32_t paddedDim, float *tile)
{
    for (int32_t j = 0; j < count; ++j) {
        float *target = tile + int64_t {j} * paddedDim;
        int32_t d = 0;
        for (; d + kWidth <= headDim; d += kWidth)
            store(target + d, load(rows[j] + d));
        if (d < headDim) {
            store(target + d, loadPart(rows[j] + d, headDim - d));
            d += kWidth;
        }
        for (; d < paddedDim; d += kWidth)
            store(target + d, broadcast(0.0f));
    }
}

// Scores of Q queries with the keys of kBlockVectors vectors.
template <int Q>
void scoreBlock(const float *q, int32_t headDim, const float *keyTile, float *scores)
{
    Reg sums[Q][kBlockVectors];
    for (int i = 0; i < Q; ++i) {
        for (int v = 0; v < kBlockVectors; ++v)
            sums[i][v] = broadcast(0.0f);
    }
    for (int32_t d = 0; d < headDim; ++d) {
        Reg keys[kBlockVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kBlockVectors; ++v)
            keys[v] = load(keyTile + int64_t {d} * kTileKeys + v * kWidth);
#pragma GCC unroll 4
        for (int i = 0; i < Q; ++i) {
            const Reg element = broadcast(q[int64_t {i} * headDim + d]);
#pragma GCC unroll 4
            for (int v = 0; v < kBlockVectors; ++v)
                sums[i][v] = multiplyAdd(element, keys[v], sums[i][v]);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < Q; ++i) {
#pragma GCC unroll 4
        for (int v = 0; v < kBlockVectors; ++v)
            store(scores + i * kTileKeys + v * kWidth, sums[i][v]);
    }
}

void scoreQueries(int32_t queries, const float *q, int32_t headDim, const float *keyTile,
                  int32_t count, float *scores)
{
    for (int32_t i = 0; i < queries; i += kBlockQueries) {
        const float *first = q + int64_t {i} * headDim;
        for (int32_t j = 0; j < count; j += kWidth * kBlockVectors) {
            float *target = scores + int64_t {i} * kTileKeys + j;
            switch (queries - i) {
            case 1:
                scoreBlock<1>(first, headDim, keyTile + j, target);
                break;
            case 2:
                scoreBlock<2>(first, headDim, keyTile + j, target);
                break;
            case 3:
                scoreBlock<3>(first, headDim, keyTile + j, target);
                break;
            default:
                scoreBlock<4>(first, headDim, keyTile + j, target);
                break;
            }
        }
    }
}

// sums[i][d] += sum over j < count of weights[i][j] * value j's element d, for V vectors of
// elements.
template <int Q, int V, typename Element>
void addValueBlock(const float *weights, const Element *const *rows, int32_t d, int32_t count,
                   float *sums, int32_t paddedDim)
{
    Reg block[Q][V];
#pragma GCC unroll 4
    for (int i = 0; i < Q; ++i) {
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v)
            block[i][v] = load(sums + int64_t {i} * paddedDim + d + v * kWidth);
    }
    for (int32_t j = 0; j < count; ++j) {
        Reg values[V];
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v)
            values[v] = load(rows[j] + d + v * kWidth);
#pragma GCC unroll 4
        for (int i = 0; i < Q; ++i) {
            const Reg weight = broadcast(weights[i * kTileKeys + j]);
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v)
                block[i][v] = multiplyAdd(weight, values[v], block[i][v]);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < Q; ++i) {
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v)
            store(sums + int64_t {i} * paddedDim + d + v * kWidth, block[i][v]);
    }
}

template <int Q, typename Element>
void addValues(const float *weights, const Element *const *rows, int32_t dims, int32_t count,
               float *sums, int32_t paddedDim)
{
    int32_t d = 0;
    for (; d + kWidth * kBlockVectors <= dims; d += kWidth * kBlockVectors)
        addValueBlock<Q, kBlockVectors>(weights, rows, d, count, sums, paddedDim);
    for (; d < dims; d += kWidth)
        addValueBlock<Q, 1>(weights, rows, d, count, sums, paddedDim);
}

// Turns the scores of one query into exp(score - largest), and the sums so far to the new largest.
void softmaxStep(float *scores, int32_t count, float &largest, float &total, float *sums,
                 int32_t paddedDim)
{
    for (int32_t j = count; j < kTileKeys; ++j)
        scores[j] = -__builtin_inff();
    Reg most = load(scores);
    for (int j = kWidth; j < kTileKeys; j += kWidth)
        most = larger(most, load(scores + j));
    const float tileLargest = largestOfLanes(most);
    if (tileLargest > largest) {
        const Reg shrink = expOf(broadcast(largest - tileLargest));
        for (int32_t d = 0; d < paddedDim; d += kWidth)
            store(sums + d, load(sums + d) * shrink);
        float lanes[kWidth];
        store(lanes, shrink);
        total *= lanes[0];
        largest = tileLargest;
    }
    LaneSums tileTotal = noSums();
    for (int j = 0; j < kTileKeys; j += kSumLanes) {
#pragma GCC unroll 4
        for (int p = 0; p < kSumVectors; ++p) {
            const Reg weights = expOf(load(scores + j + p * kWidth) - broadcast(largest));
            store(scores + j + p * kWidth, weights);
            tileTotal.parts[p] = tileTotal.parts[p] + weights;
        }
    }
    total += sumOfLanes(tileTotal);
}

// Adds the values of a tile to the sums of queries first .. queries - 1, several that see the same
// number of keys at a time.
template <typename Element>
void addTile(const AttentionChunk &chunk, int32_t first, const Element *const *rows, int32_t dims,
             int32_t begin, int32_t count)
{
    const auto seen = [&](int32_t i) {
        const int32_t keys = chunk.last[i] - begin + 1;
        return keys < count ? keys : count;
    };
    for (int32_t i = first; i < chunk.queries;) {
        int32_t same = 1;
        while (same < kBlockQueries && i + same < chunk.queries && seen(i + same) == seen(i))
            ++same;
        const float *weights = chunk.scores + int64_t {i} * kTileKeys;
        float *sums = chunk.sums + int64_t {i} * chunk.paddedDim;
        switch (same) {
        case 1:
            addValues<1>(weights, rows, dims, seen(i), sums, chunk.paddedDim);
            break;
        case 2:
            addValues<2>(weights, rows, dims, seen(i), sums, chunk.paddedDim);
            break;
        case 3:
            addValues<3>(weights, rows, dims, seen(i), sums, chunk.paddedDim);
            break;
        default:
            addValues<4>(weights, rows, dims, seen(i), sums, chunk.paddedDim);
            break;
        }
        i += same;
    }
}

// One tile for the queries from `first` on.
template <typename Element>
void attendTile(const AttentionChunk &chunk, int32_t first, int32_t begin, int32_t count,
                const TileRows<Element> &rows, const TileRows<Element> &next)
{
    const int32_t headDim = chunk.cached.headDim;
    transposeKeys(rows.keys, next, count, headDim, chunk.keyTile);
    scoreQueries(chunk.queries - first, chunk.q + int64_t {first} * headDim, headDim, chunk.keyTile,
                 count, chunk.scores + int64_t {first} * kTileKeys);
    for (int32_t i = first; i < chunk.queries; ++i) {
        const int32_t keys = chunk.last[i] - begin + 1;
        softmaxStep(chunk.scores + int64_t {i} * kTileKeys, keys < count ? keys : count,
                    chunk.largest[i], chunk.total[i], chunk.sums + int64_t {i} * chunk.paddedDim,
                    chunk.paddedDim);
    }

    // Up to one block of queries reads each value once: converting on the way saves the copy.
    if (chunk.queries - first <= kBlockQueries && headDim % kWidth == 0) {
        addTile(chunk, first, rows.values, headDim, begin, count);
        return;
    }
    convertValues(rows.values, count, headDim, chunk.paddedDim, chunk.valueTile);
    const float *tileRows[kTileKeys];
    for (int32_t j = 0; j < count; ++j)
        tileRows[j] = chunk.valueTile + int64_t {j} * chunk.paddedDim;
    addTile(chunk, first, tileRows, chunk.paddedDim, begin, count);
}

template <typename Element>
void attendTiles(const AttentionChunk &chunk)
{
    TileRows<Element> rows[2];
    locateTile(chunk.cached, chunk.begin, rows[0]);
    int32_t first = 0; // the first query that sees the tile
    int current = 0;
    for (int32_t begin = chunk.begin; begin < chunk.end; begin += kTileKeys) {
        while (first < chunk.queries && chunk.last[first] < begin)
            ++first;
        if (first == chunk.queries)
            return;
        const int32_t left = chunk.end - begin;
        int next = 1 - current;
        if (begin + kTileKeys < chunk.end)
            locateTile(chunk.cached, begin + kTileKeys, rows[next]);
        else if (chunk.upcoming.keys != nullptr)
            locateTile(chunk.upcoming, chunk.upcomingBegin, rows[next]);
        else
            next = current; // near already
        attendTile(chunk, first, begin, left < kTileKeys ? left : kTileKeys, rows[current],
                   rows[next]);
        current = next;
    }
}

void attendChunk(const AttentionChunk &chunk) noexcept
{
    for (int32_t i = 0; i < chunk.queries; ++i) {
        chunk.largest[i] = -__builtin_inff();
        chunk.total[i] = 0.0f;
        for (int32_t d = 0; d < chunk.paddedDim; d += kWidth)
            store(chunk.sums + int64_t {i} * chunk.paddedDim + d, broadcast(0.0f));
    }
    if (chunk.half)
        attendTiles<uint16_t>(chunk);
    else
        attendTiles<float>(chunk);
}
