// The promise at the top of kernels/api/backend.h, bit for bit: an output row depends on neither
// the rows beside it, nor its place in the batch, nor the number of threads, nor how a prompt is
// cut.
#include "kernels/check/random_tensor.h"
#include "kernels/cpu/cpu_backend.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>

using namespace inferlab;

namespace {

constexpr int kThreads[] = {1, 2, 3, 8};

struct Rows
{
    int64_t rows;
    int64_t cols;
    std::vector<float> values;

    Rows(int64_t r, int64_t c, uint64_t seed)
        : rows(r)
        , cols(c)
        , values(randomFloats(static_cast<size_t>(r * c), seed))
    { }
    MatrixView slice(int64_t first, int64_t count)
    {
        return {values.data() + first * cols, count, cols, cols};
    }
    MatrixView all() { return slice(0, rows); }
};

bool sameBits(const Rows &a, const Rows &b)
{
    return a.values.size() == b.values.size()
        && std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

// Computes rows first .. first + count - 1 of the result.
using Slice = std::function<void(Backend &, int64_t first, int64_t count, Rows &result)>;

// All rows at once on each number of threads, and in pieces of 1, 2, 5 and 33 rows, give the same
// bits.
void checkSlices(Isa isa, int64_t rows, int64_t cols, const Slice &compute)
{
    Rows expected(rows, cols, 99);
    const std::unique_ptr<Backend> single = makeCpuBackend(1, isa);
    compute(*single, 0, rows, expected);
    for (int threads : kThreads) {
        CAPTURE(threads);
        const std::unique_ptr<Backend> backend = makeCpuBackend(threads, isa);
        for (int64_t piece : {rows, int64_t {1}, int64_t {2}, int64_t {5}, int64_t {33}}) {
            CAPTURE(piece);
            Rows found(rows, cols, 98);
            for (int64_t first = 0; first < rows; first += piece)
                compute(*backend, first, std::min(piece, rows - first), found);
            CHECK(sameBits(found, expected));
        }
    }
}

} // namespace

TEST_CASE("operators on rows")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        const int64_t rows = 70;
        for (int64_t cols : {64, 577}) {
            Rows a(rows, cols, 1);
            Rows b(rows, cols, 2);
            const std::vector<float> gain = randomFloats(static_cast<size_t>(cols), 3);
            checkSlices(
                isa, rows, cols, [&](Backend &backend, int64_t first, int64_t n, Rows &out) {
                    backend.rmsNorm(a.slice(first, n), gain.data(), 1e-5f, out.slice(first, n));
                });
            checkSlices(
                isa, rows, cols, [&](Backend &backend, int64_t first, int64_t n, Rows &out) {
                    backend.siluMultiply(a.slice(first, n), b.slice(first, n), out.slice(first, n));
                });
            checkSlices(isa, rows, cols,
                        [&](Backend &backend, int64_t first, int64_t n, Rows &out) {
                            std::memcpy(out.slice(first, n).data, a.slice(first, n).data,
                                        static_cast<size_t>(n * cols) * sizeof(float));
                            backend.add(out.slice(first, n), b.slice(first, n));
                        });
        }
    }
}

TEST_CASE("products with weights of each type")
{
    const int64_t rows = 37;
    const int64_t in = 512;
    const int64_t out = 67;
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : {DType::F32, DType::F16, DType::BF16, DType::Q8_0, DType::Q4_0,
                            DType::Q4_1, DType::Q4_K}) {
            CAPTURE(dtypeInfo(dtype).name);
            const std::vector<unsigned char> bytes = randomWeight(dtype, out, in, 5);
            Rows x(rows, in, 4);
            checkSlices(isa, rows, out, [&](Backend &backend, int64_t first, int64_t n, Rows &y) {
                const std::unique_ptr<Weight> weight =
                    backend.loadWeight({bytes.data(), dtype, out, in});
                StepLimits limits;
                limits.rows = n;
                limits.cols = in;
                backend.reserve(limits);
                const MatmulOutput output {weight.get(), y.slice(first, n), nullptr};
                backend.matmul({&output, 1}, x.slice(first, n));
            });
        }
    }
}

namespace {

struct AttentionShape
{
    DType dtype;
    int32_t heads;
    int32_t kvHeads;
    int32_t headDim;
    int32_t blockTokens;
};

// Three sequences of unequal length whose every token is a row, and whose blocks lie scattered.
class AttentionRows
{
public:
    AttentionRows(const AttentionShape &shape, const std::vector<int32_t> &lengths)
        : m_shape(shape)
    {
        int32_t longest = 0;
        for (size_t s = 0; s < lengths.size(); ++s) {
            longest = std::max(longest, lengths[s]);
            for (int32_t t = 0; t < lengths[s]; ++t) {
                sequence.push_back(static_cast<int32_t>(s));
                position.push_back(t);
            }
        }
        m_maxBlocks = (longest + shape.blockTokens - 1) / shape.blockTokens;
        const int32_t blocks = m_maxBlocks * static_cast<int32_t>(lengths.size());
        for (int32_t b = 0; b < blocks; ++b) // 7 and the number of blocks have no common factor
            m_tables.push_back((b * 7 + 3) % blocks);
        m_sequences = static_cast<int32_t>(lengths.size());

        const size_t elements = static_cast<size_t>(blocks) * static_cast<size_t>(shape.kvHeads)
            * static_cast<size_t>(shape.blockTokens) * static_cast<size_t>(shape.headDim);
        m_keys.resize(elements * 4);
        m_values.resize(elements * 4);
        m_cache.keys = m_keys.data();
        m_cache.values = m_values.data();
        m_cache.dtype = shape.dtype;
        m_cache.blocks = blocks;
        m_cache.blockTokens = shape.blockTokens;
        m_cache.kvHeads = shape.kvHeads;
        m_cache.headDim = shape.headDim;

        Rows k(rows(), int64_t {shape.kvHeads} * shape.headDim, 41);
        Rows v(rows(), int64_t {shape.kvHeads} * shape.headDim, 42);
        makeCpuBackend(1)->writeKv(k.all(), v.all(), m_cache, placement(0, rows()));
    }

    int64_t rows() const { return static_cast<int64_t>(position.size()); }
    int64_t cols() const { return int64_t {m_shape.heads} * m_shape.headDim; }
    const KvLayerView &cache() const { return m_cache; }
    RowPlacement placement(int64_t first, int64_t count) const
    {
        RowPlacement placement;
        placement.sequence = sequence.data() + first;
        placement.position = position.data() + first;
        placement.blockTables = m_tables.data();
        placement.rows = static_cast<int32_t>(count);
        placement.sequences = m_sequences;
        placement.maxBlocks = m_maxBlocks;
        return placement;
    }
    void attend(Backend &backend, Rows &q, int64_t first, int64_t count, Rows &out) const
    {
        AttentionArgs args;
        args.q = q.slice(first, count);
        args.out = out.slice(first, count);
        args.cache = m_cache;
        args.placement = placement(first, count);
        args.heads = m_shape.heads;
        args.scale = 1.0f / std::sqrt(static_cast<float>(m_shape.headDim));
        backend.attention(args);
    }
    void reserve(Backend &backend) const
    {
        StepLimits limits;
        limits.rows = rows();
        limits.heads = m_shape.heads;
        limits.headDim = m_shape.headDim;
        limits.contextTokens = int64_t {m_maxBlocks} * m_shape.blockTokens;
        backend.reserve(limits);
    }

    std::vector<int32_t> sequence;
    std::vector<int32_t> position;

private:
    AttentionShape m_shape;
    std::vector<int32_t> m_tables;
    std::vector<unsigned char> m_keys;
    std::vector<unsigned char> m_values;
    KvLayerView m_cache;
    int32_t m_maxBlocks = 0;
    int32_t m_sequences = 0;
};

void checkAttention(Isa isa, const AttentionShape &shape, const std::vector<int32_t> &lengths)
{
    CAPTURE(shape.heads);
    CAPTURE(shape.headDim);
    CAPTURE(shape.blockTokens);
    const AttentionRows attention(shape, lengths);
    Rows q(attention.rows(), attention.cols(), 43);
    checkSlices(isa, attention.rows(), attention.cols(),
                [&](Backend &backend, int64_t first, int64_t n, Rows &out) {
                    attention.reserve(backend);
                    attention.attend(backend, q, first, n, out);
                });
}

} // namespace

TEST_CASE("attention over unequal sequences in scattered blocks")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : {DType::F16, DType::F32}) {
            checkAttention(isa, {dtype, 3, 1, 64, 16}, {70, 3, 131});
            checkAttention(isa, {dtype, 4, 4, 16, 16}, {66, 64, 1});
            checkAttention(isa, {dtype, 8, 1, 80, 7}, {65, 30, 2});
            checkAttention(isa, {dtype, 6, 2, 40, 32}, {20, 67, 5});
        }
    }
}

TEST_CASE("attention across chunks of keys")
{
    // Decode rows are split by chunks where there are threads, prompts are not: both ways must
    // agree.
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        checkAttention(isa, {DType::F16, 3, 1, 64, 32}, {530});
        checkAttention(isa, {DType::F32, 2, 1, 16, 32}, {1070}); // three chunks: their order counts
    }
}

TEST_CASE(
    "values of tokens that a row may not see do not reach it, not even as zero times infinity")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        const AttentionShape shape {DType::F32, 3, 1, 64, 16};
        const AttentionRows attention(shape, {40});
        Rows q(attention.rows(), attention.cols(), 43);
        Rows expected(attention.rows(), attention.cols(), 44);
        Rows found = expected;
        const std::unique_ptr<Backend> backend = makeCpuBackend(1, isa);
        attention.reserve(*backend);
        attention.attend(*backend, q, 0, 40, expected);

        Rows spoiled(1, shape.headDim, 45);
        spoiled.values.assign(spoiled.values.size(), INFINITY);
        KvLayerView cache = attention.cache();
        backend->writeKv(spoiled.all(), spoiled.all(), cache, attention.placement(39, 1));
        attention.attend(*backend, q, 0, 40, found);
        const auto seen = static_cast<size_t>(39 * attention.cols());
        CHECK(std::memcmp(found.values.data(), expected.values.data(), seen * sizeof(float)) == 0);
    }
}
