// What the CUDA backend promises of bits: a run repeats itself; with the batch-invariant kernels a
// row's result depends on neither the rows beside it nor on how a prompt is cut; attention keeps
// that always, whichever of its two ways it takes.
#include "kernels/api/devices.h"
#include "kernels/api/half.h"
#include "kernels/check/operator_check.h"
#include "kernels/check/random_tensor.h"

#include "engine/model/counting_backend.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// A matrix in device memory.
class DeviceMatrix
{
public:
    DeviceMatrix(Backend &backend, int64_t rows, int64_t cols, const std::vector<float> &values)
        : m_backend(backend)
        , m_buffer(backend.allocate(static_cast<size_t>(rows * cols) * sizeof(float)))
        , m_rows(rows)
        , m_cols(cols)
    {
        if (!values.empty())
            backend.upload(m_buffer->data(), values.data(), values.size() * sizeof(float));
    }
    MatrixView slice(int64_t first, int64_t count) const
    {
        return {static_cast<float *>(m_buffer->data()) + first * m_cols, count, m_cols, m_cols};
    }
    std::vector<float> values() const
    {
        std::vector<float> result(static_cast<size_t>(m_rows * m_cols));
        m_backend.download(result.data(), m_buffer->data(), result.size() * sizeof(float));
        return result;
    }

private:
    Backend &m_backend;
    std::unique_ptr<Buffer> m_buffer;
    int64_t m_rows;
    int64_t m_cols;
};

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

struct Product
{
    DType dtype;
    int64_t rows;
    int64_t out;
    int64_t in;
    bool batchInvariant;
};

// The product of all rows, `piece` at a time.
std::vector<float> multiply(const Product &product, int64_t piece)
{
    const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
    cuda->setBatchInvariant(product.batchInvariant);
    const std::vector<unsigned char> bytes =
        randomWeight(product.dtype, product.out, product.in, 1);
    const std::unique_ptr<Weight> weight =
        cuda->loadWeight({bytes.data(), product.dtype, product.out, product.in});
    StepLimits limits;
    limits.rows = product.rows;
    limits.cols = product.in;
    cuda->reserve(limits);
    const DeviceMatrix x(*cuda, product.rows, product.in,
                         randomFloats(static_cast<size_t>(product.rows * product.in), 2));
    const DeviceMatrix y(*cuda, product.rows, product.out, {});
    for (int64_t first = 0; first < product.rows; first += piece) {
        const int64_t count = std::min(piece, product.rows - first);
        const MatmulOutput output {weight.get(), y.slice(first, count)};
        cuda->matmul({&output, 1}, x.slice(first, count));
    }
    return y.values();
}

// Random numbers as a cache of that type holds them, in the bytes of floats.
std::vector<float> cached(DType dtype, size_t count, uint64_t seed)
{
    const std::vector<float> values = randomFloats(count, seed);
    if (dtype == DType::F32)
        return values;
    std::vector<uint16_t> halves;
    for (const float value : values)
        halves.push_back(floatToHalf(value));
    std::vector<float> bytes(count / 2);
    std::memcpy(bytes.data(), halves.data(), count * sizeof(uint16_t));
    return bytes;
}

// Attention of the last `rows` tokens of one sequence of `tokens`, `piece` rows at a time.
std::vector<float> attend(int32_t tokens, int32_t rows, int32_t piece, DType dtype,
                          bool batchInvariant)
{
    constexpr int32_t kHeads = 6;
    constexpr int32_t kKvHeads = 2;
    constexpr int32_t kHeadDim = 40;
    constexpr int32_t kBlockTokens = 16;
    const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
    cuda->setBatchInvariant(batchInvariant);
    const int32_t blocks = (tokens + kBlockTokens - 1) / kBlockTokens;
    const auto cacheValues = static_cast<size_t>(blocks * kKvHeads * kBlockTokens * kHeadDim);
    const DeviceMatrix keys(*cuda, 1, static_cast<int64_t>(cacheValues),
                            cached(dtype, cacheValues, 3));
    const DeviceMatrix values(*cuda, 1, static_cast<int64_t>(cacheValues),
                              cached(dtype, cacheValues, 4));
    const DeviceMatrix q(*cuda, rows, kHeads * kHeadDim,
                         randomFloats(static_cast<size_t>(rows * kHeads * kHeadDim), 5));
    const DeviceMatrix out(*cuda, rows, kHeads * kHeadDim, {});
    std::vector<int32_t> numbers; // sequence, positions, block table
    for (int32_t r = 0; r < rows; ++r)
        numbers.push_back(0);
    for (int32_t r = 0; r < rows; ++r)
        numbers.push_back(tokens - rows + r);
    for (int32_t b = 0; b < blocks; ++b)
        numbers.push_back(b);
    const auto placed = cuda->allocate(numbers.size() * sizeof(int32_t));
    cuda->upload(placed->data(), numbers.data(), numbers.size() * sizeof(int32_t));
    const auto *indices = static_cast<const int32_t *>(placed->data());
    StepLimits limits;
    limits.rows = rows;
    limits.contextTokens = tokens;
    limits.heads = kHeads;
    limits.headDim = kHeadDim;
    cuda->reserve(limits);
    for (int32_t first = 0; first < rows; first += piece) {
        const int32_t count = std::min(piece, rows - first);
        AttentionArgs args;
        args.q = q.slice(first, count);
        args.out = out.slice(first, count);
        args.cache = {keys.slice(0, 1).data,
                      values.slice(0, 1).data,
                      dtype,
                      blocks,
                      kBlockTokens,
                      kKvHeads,
                      kHeadDim};
        args.placement = {indices + first, indices + rows + first, indices + 2 * rows, count, 1,
                          blocks};
        args.heads = kHeads;
        args.scale = 0.158f;
        cuda->attention(args);
    }
    return out.values();
}

} // namespace

TEST_CASE("products repeat themselves bit for bit")
{
    for (const DType dtype : {DType::Q4_0, DType::Q6_K, DType::F16}) {
        for (const int64_t rows : {1, 7, 40}) {
            const Product product {dtype, rows, 33, 512, false};
            CHECK(sameBits(multiply(product, rows), multiply(product, rows)));
        }
    }
}

TEST_CASE("up to eight tokens are the same together and alone")
{
    for (const DType dtype : {DType::Q4_1, DType::Q5_K, DType::Q8_0, DType::BF16, DType::F32}) {
        const Product product {dtype, 8, 33, 512, false};
        const std::vector<float> whole = multiply(product, 8);
        for (const int64_t piece : {1, 3, 5})
            CHECK(sameBits(multiply(product, piece), whole));
    }
}

TEST_CASE("batch-invariant products are the same for any number of tokens")
{
    for (const DType dtype : {DType::Q4_0, DType::Q5_K, DType::F16, DType::F32}) {
        const Product product {dtype, 131, 40, 256, true};
        const std::vector<float> whole = multiply(product, 131);
        for (const int64_t piece : {1, 8, 33, 100})
            CHECK(sameBits(multiply(product, piece), whole));
    }
}

TEST_CASE("chains are the same bits as their operators one by one, where they promise it")
{
    // It has the operators of the other one, and no chains of its own.
    const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
    CountingBackend single(openBackend("cuda", 1));
    const auto outputOf = [](const OperatorCase &c, Backend &backend) {
        const std::unique_ptr<PreparedOperator> prepared = c.prepare(backend);
        prepared->run();
        return prepared->output();
    };
    std::vector<OperatorCase> cases;
    for (const DType dtype : {DType::Q8_0, DType::F16}) {
        for (const int64_t rows : {3, 20, 260}) { // matrix-vector, tiles, cuBLAS
            cases.push_back(matmulAddCase(dtype, rows, 33, 64));
            cases.push_back(siluMatmulAddCase(dtype, rows, 33, 64, 1.0f));
        }
        const CacheShape cache {DType::F16, 6, 2, 64, 16};
        cases.push_back(attentionMatmulAddCase(dtype, 33, cache, {{40, 1}, {9, 1}}));
        cases.push_back(attentionMatmulAddCase(dtype, 33, cache, {{600, 1}})); // in chunks
    }
    for (const DType dtype : {DType::F32, DType::F16, DType::Q8_0})
        cases.push_back(
            ropeAndStoreCase({dtype, 6, 2, 64, 16}, {{40, 9}, {3, 1}}, 64, RopeLayout::HalfSplit));
    for (const OperatorCase &c : cases) {
        CAPTURE(c.op);
        CAPTURE(c.dtype);
        CAPTURE(c.shape);
        single.smallOperators = 0;
        CHECK(sameBits(outputOf(c, *cuda), outputOf(c, single)));
        CHECK(single.smallOperators > 0);
    }
}

TEST_CASE("attention of sequences side by side is that of each alone")
{
    // Rows of a sequence that shares its tiles with others, and chunks split or not.
    const CacheShape cache {DType::F32, 6, 2, 40, 16};
    const auto outputOf = [&](const std::vector<SequenceShape> &sequences) {
        const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
        const auto prepared = attentionCase(cache, sequences).prepare(*cuda);
        prepared->run();
        return prepared->output();
    };
    // The first sequence's queries, keys and values are the same in all of these.
    const std::vector<float> alone = outputOf({{300, 7}});
    for (const std::vector<SequenceShape> &beside :
         {std::vector<SequenceShape> {{300, 7}, {20, 1}},
          std::vector<SequenceShape> {{300, 7}, {20, 3}, {290, 1}, {5, 1}, {64, 30}}}) {
        std::vector<float> found = outputOf(beside);
        found.resize(alone.size());
        CHECK(sameBits(found, alone));
    }
}

TEST_CASE("attention is the same for rows alone, few or many, with chunks apart or together")
{
    for (const int32_t tokens : {40, 256, 257, 700}) {
        CAPTURE(tokens);
        // More rows than are split. A cache of float32 is never for the tensor cores; one of
        // binary16 is not with the batch-invariant kernels.
        const std::vector<float> whole = attend(tokens, 40, 40, DType::F32, false);
        for (const int32_t piece : {1, 5, 16, 17})
            CHECK(sameBits(attend(tokens, 40, piece, DType::F32, false), whole));
    }
    const std::vector<float> whole = attend(300, 40, 40, DType::F16, true);
    for (const int32_t piece : {1, 17})
        CHECK(sameBits(attend(300, 40, piece, DType::F16, true), whole));
}

TEST_CASE("prompts on the tensor cores are the same however they are cut, and close to the others")
{
    for (const int32_t tokens : {40, 257}) {
        CAPTURE(tokens);
        const std::vector<float> whole = attend(tokens, 40, 40, DType::F16, false);
        for (const int32_t piece : {8, 20})
            CHECK(sameBits(attend(tokens, 40, piece, DType::F16, false), whole));
        const std::vector<float> other = attend(tokens, 40, 40, DType::F16, true);
        CHECK_FALSE(sameBits(other, whole)); // it is another way
        double difference = 0.0;
        for (size_t i = 0; i < whole.size(); ++i)
            difference =
                std::max(difference,
                         std::abs(static_cast<double>(whole[i]) - static_cast<double>(other[i])));
        CHECK(difference < 5e-4); // softmax's weights are rounded to 11 bits
    }
}
