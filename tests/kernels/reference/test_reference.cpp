// The reference operators against values worked out by hand: they are what all others are compared
// with.
#include "kernels/api/half.h"
#include "kernels/reference/reference_backend.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace inferlab;

namespace {

MatrixView matrix(std::vector<float> &values, int64_t rows)
{
    const auto cols = static_cast<int64_t>(values.size()) / rows;
    return {values.data(), rows, cols, cols};
}

doctest::Approx near(double value)
{
    return doctest::Approx(value).epsilon(1e-6);
}

} // namespace

TEST_CASE("rmsNorm divides by the root mean square and multiplies by the gain, in place too")
{
    const auto backend = makeReferenceBackend(1);
    std::vector<float> x {3, 4, 0, 0, -1, 1, -1, 1};
    const std::vector<float> gain {1, 2, 3, 4};
    backend->rmsNorm(matrix(x, 2), gain.data(), 0.0f, matrix(x, 2));
    CHECK(x[0] == near(3 / 2.5)); // sqrt((9 + 16) / 4) = 2.5
    CHECK(x[1] == near(2 * 4 / 2.5));
    CHECK(x[2] == 0.0f);
    CHECK(x[4] == near(-1));
    CHECK(x[7] == near(4));
    std::vector<float> zero {0, 0, 0, 0};
    backend->rmsNorm(matrix(zero, 1), gain.data(), 1e-5f, matrix(zero, 1));
    CHECK(zero[3] == 0.0f);
}

TEST_CASE("matmul multiplies by the transposed weight and adds the bias")
{
    const auto backend = makeReferenceBackend(1);
    const std::vector<float> values {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}; // [2, 5]
    const auto weight = backend->loadWeight({values.data(), DType::F32, 2, 5});
    CHECK(weight->rows() == 2);
    CHECK(weight->cols() == 5);
    CHECK(weight->dtype() == DType::F32);
    CHECK(weight->bytes() == 40);
    std::vector<float> x {1, 0, 0, 0, 1, 1, 1, 1, 1, 1};
    std::vector<float> y(4);
    const std::vector<float> bias {0.5f, -0.5f};
    const MatmulOutput output {weight.get(), matrix(y, 2), bias.data()};
    backend->matmul({&output, 1}, matrix(x, 2));
    CHECK(y == std::vector<float> {6.5f, 15.5f, 15.5f, 39.5f});
}

TEST_CASE("embed takes rows of the table, gatherRows rows of activations")
{
    const auto backend = makeReferenceBackend(1);
    std::vector<float> table {1, 2, 3, 4, 5, 6};
    const auto weight = backend->loadWeight({table.data(), DType::F32, 3, 2});
    const std::vector<int32_t> ids {2, 0, 2};
    std::vector<float> out(6);
    backend->embed(*weight, ids, matrix(out, 3));
    CHECK(out == std::vector<float> {5, 6, 1, 2, 5, 6});
    backend->gatherRows(matrix(table, 3), ids, matrix(out, 3));
    CHECK(out == std::vector<float> {5, 6, 1, 2, 5, 6});
}

TEST_CASE("rope rotates neighbours or halves, and leaves the rest of a head")
{
    const auto backend = makeReferenceBackend(1);
    std::vector<float> cosSin {0, 1, -1, 0}; // a quarter turn, a half turn
    std::vector<float> x {1, 2, 3, 4, 5, 6};
    backend->rope(matrix(x, 1), 6, 4, matrix(cosSin, 1), RopeLayout::AdjacentPairs);
    CHECK(x == std::vector<float> {-2, 1, -3, -4, 5, 6});
    x = {1, 2, 3, 4, 5, 6};
    backend->rope(matrix(x, 1), 6, 4, matrix(cosSin, 1), RopeLayout::HalfSplit);
    CHECK(x == std::vector<float> {-3, -2, 1, -4, 5, 6});
}

TEST_CASE("siluMultiply and add")
{
    const auto backend = makeReferenceBackend(1);
    std::vector<float> gate {0, 1, -1, 30};
    std::vector<float> up {5, 2, 3, 0.5f};
    backend->siluMultiply(matrix(gate, 2), matrix(up, 2), matrix(gate, 2));
    CHECK(gate[0] == 0.0f);
    CHECK(gate[1] == near(2.0 / (1.0 + std::exp(-1.0))));
    CHECK(gate[2] == near(-3.0 / (1.0 + std::exp(1.0))));
    CHECK(gate[3] == near(15.0));
    backend->add(matrix(up, 1), matrix(up, 1));
    CHECK(up == std::vector<float> {10, 4, 6, 1});
}

TEST_CASE("attention weighs values by the softmax of the scores, over a paged cache")
{
    const auto backend = makeReferenceBackend(1);
    StepLimits limits;
    limits.contextTokens = 3;
    limits.headDim = 2;
    backend->reserve(limits);

    // One sequence of 3 tokens in blocks 2 and 0 of 2 slots; two heads share one head of the cache.
    std::vector<uint16_t> keys(12, 0x7e00); // NaN where nothing is written
    std::vector<uint16_t> values(12, 0x7e00);
    const KvLayerView cache {keys.data(), values.data(), DType::F16, 3, 2, 1, 2};
    const std::vector<int32_t> sequence {0, 0, 0};
    const std::vector<int32_t> position {0, 1, 2};
    const std::vector<int32_t> table {2, 0};
    const RowPlacement placement {sequence.data(), position.data(), table.data(), 3, 1, 2};
    std::vector<float> k {1, 0, 0, 1, 1, 1};
    std::vector<float> v {10, 1, 20, 2, 40, 4};
    backend->writeKv(matrix(k, 3), matrix(v, 3), cache, placement);
    CHECK(halfToFloat(keys[8]) == 1.0f);       // block 2, slot 0
    CHECK(halfToFloat(values[10]) == 20.0f);   // block 2, slot 1
    CHECK(halfToFloat(values[0]) == 40.0f);    // block 0, slot 0
    CHECK(std::isnan(halfToFloat(values[4]))); // block 1 is nobody's

    const auto ln3 = static_cast<float>(std::log(3.0));
    std::vector<float> q {0, 0, 0, 0, 2 * ln3, 0, 0, 0, 0, 2 * ln3, 0, 0};
    std::vector<float> out(12);
    AttentionArgs args;
    args.q = matrix(q, 3);
    args.out = matrix(out, 3);
    args.cache = cache;
    args.placement = placement;
    args.heads = 2;
    args.scale = 0.5f;
    backend->attention(args);
    CHECK(out[0] == near(10)); // the first token sees itself alone
    CHECK(out[3] == near(1));
    CHECK(out[4] == near(0.75 * 10 + 0.25 * 20));        // scores ln 3 and 0
    CHECK(out[6] == near(15));                           // equal scores
    CHECK(out[8] == near((10 + 3 * 20 + 3 * 40) / 7.0)); // scores 0, ln 3, ln 3
    CHECK(out[11] == near(7.0 / 3.0));
}

TEST_CASE("rows that are not whole blocks are refused in words")
{
    const auto backend = makeReferenceBackend(1);
    CHECK(backend->supportsWeight(DType::Q4_0, 2, 64).supported);
    CHECK(backend->supportsWeight(DType::Q4_0, 2, 64).bytes == 2 * 64 * 4);
    const WeightSupport support = backend->supportsWeight(DType::Q4_K, 2, 64);
    CHECK(!support.supported);
    CHECK(support.reason.find("256") != std::string::npos);
    CHECK_THROWS_AS(backend->loadWeight({nullptr, DType::Q4_K, 2, 64}), std::runtime_error);
}

TEST_CASE("the device says what it is; threads are accepted")
{
    const auto backend = makeReferenceBackend(1);
    CHECK(backend->device().kind == "reference");
    CHECK(backend->device().available);
    backend->setThreads(4);
    CHECK(backend->threads() == 4);
    const auto buffer = backend->allocate(8);
    const double sent = 1.25;
    double received = 0.0;
    backend->upload(buffer->data(), &sent, sizeof sent);
    backend->download(&received, buffer->data(), sizeof received);
    CHECK(received == sent);
}

TEST_CASE("large weights are loaded in pieces, and loading ends where it is told to")
{
    const auto backend = makeReferenceBackend(1);
    constexpr int64_t kRows = 2100;
    constexpr int64_t kCols = 4096;
    const std::vector<uint16_t> halves(static_cast<size_t>(kRows * kCols));
    const HostTensor tensor {halves.data(), DType::F16, kRows, kCols};
    constexpr size_t kRow = kCols * sizeof(uint16_t);
    std::vector<size_t> heard;
    const auto hear = [&heard](size_t most) {
        heard.clear();
        return [&heard, most](size_t bytes) {
            heard.push_back(bytes);
            return heard.size() < most;
        };
    };
    CHECK(backend->loadWeight(tensor, hear(100)) != nullptr);
    CHECK(heard == std::vector<size_t> {1024 * kRow, 2048 * kRow, kRows * kRow});
    CHECK(backend->loadWeight(tensor, hear(1)) == nullptr);
    CHECK(heard == std::vector<size_t> {1024 * kRow});
}
