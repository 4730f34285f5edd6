// Weights in panels: what they cost, that nothing of them is lost, and what is said of types that
// are slow.
#include "matmul_problem.h"

#include <doctest/doctest.h>

#include <numeric>
#include <string>

using namespace inferlab;

namespace {

constexpr std::array kAllTypes {
    DType::F32,  DType::F16,    DType::BF16,   DType::Q4_0,  DType::Q4_1, DType::Q5_0,
    DType::Q5_1, DType::Q8_0,   DType::Q2_K,   DType::Q3_K,  DType::Q4_K, DType::Q5_K,
    DType::Q6_K, DType::IQ4_NL, DType::IQ4_XS, DType::MXFP4,
};

} // namespace

TEST_CASE("embedding gives every row of the file back, bit for bit")
{
    constexpr int64_t kRows = 53;
    constexpr int64_t kCols = 512;
    for (int threads : {1, 3}) {
        for (DType dtype : kAllTypes) {
            CAPTURE(dtypeInfo(dtype).name);
            ThreadPool pool(threads);
            MatmulEngine engine(detectIsa(), pool);
            const TestWeight weight(dtype, kRows, kCols);
            const auto table = engine.load(weight.tensor());
            std::vector<int32_t> ids;
            for (int32_t i = 0; i < kRows; ++i)
                ids.push_back(i * 31 % kRows);
            GuardedOutput out(kRows, kCols);
            engine.embed(*table, ids, out.view());
            CHECK(out.guardsIntact());
            for (int64_t r = 0; r < kRows; ++r) {
                const std::vector<float> expected = weight.row(ids[static_cast<size_t>(r)]);
                const MatrixView view = out.view();
                REQUIRE(std::memcmp(view.row(r), expected.data(), kCols * sizeof(float)) == 0);
            }
        }
    }
}

TEST_CASE("large weights are packed in pieces, and loading ends where it is told to")
{
    constexpr int64_t kRows = 2100;
    constexpr int64_t kCols = 4096; // a panel of 256 KiB: 64 panels, or 1024 rows, in 16 MiB
    const TestWeight weight(DType::F32, kRows, kCols);
    constexpr size_t kRow = kCols * sizeof(float);
    for (int threads : {1, 3}) {
        ThreadPool pool(threads);
        MatmulEngine engine(detectIsa(), pool);
        std::vector<size_t> heard;
        const auto all = engine.load(weight.tensor(), [&heard](size_t bytes) {
            heard.push_back(bytes);
            return true;
        });
        CHECK(heard == std::vector<size_t> {1024 * kRow, 2048 * kRow, kRows * kRow});
        GuardedOutput out(kRows, kCols);
        std::vector<int32_t> ids(kRows);
        std::iota(ids.begin(), ids.end(), 0);
        engine.embed(*all, ids, out.view());
        for (int64_t r = 0; r < kRows; ++r)
            REQUIRE(std::memcmp(out.view().row(r),
                                weight.bytes.data() + static_cast<size_t>(r) * kRow, kRow)
                    == 0);
        heard.clear();
        const auto none = engine.load(weight.tensor(), [&heard](size_t bytes) {
            heard.push_back(bytes);
            return heard.size() < 2;
        });
        CHECK(none == nullptr);
        CHECK(heard.size() == 2); // the third piece was not touched
    }
}

TEST_CASE("tensors may begin at any address, and go after loading")
{
    for (DType dtype : kFastTypes) {
        const int64_t cols = wholeBlocks(dtype, 64);
        ThreadPool pool(1);
        MatmulEngine engine(detectIsa(), pool);
        const TestWeight weight(dtype, 20, cols);
        std::vector<unsigned char> shifted(weight.bytes.size() + 3);
        std::copy(weight.bytes.begin(), weight.bytes.end(), shifted.begin() + 3);
        const auto table = engine.load({shifted.data() + 3, dtype, 20, cols});
        std::fill(shifted.begin(), shifted.end(), static_cast<unsigned char>(0xff));
        GuardedOutput out(1, cols);
        const int32_t id = 18;
        engine.embed(*table, {&id, 1}, out.view());
        const std::vector<float> expected = weight.row(id);
        CHECK(
            std::memcmp(out.view().data, expected.data(), static_cast<size_t>(cols) * sizeof(float))
            == 0);
    }
}

TEST_CASE("weights keep their shape and their file's type")
{
    ThreadPool pool(1);
    MatmulEngine engine(detectIsa(), pool);
    for (DType dtype : kAllTypes) {
        const TestWeight weight(dtype, 5, 256);
        const auto loaded = engine.load(weight.tensor());
        CHECK(loaded->rows() == 5);
        CHECK(loaded->cols() == 256);
        CHECK(loaded->dtype() == dtype);
        CHECK(loaded->bytes() == engine.supports(dtype, 5, 256).bytes);
    }
}

TEST_CASE("fast types take no more memory than their file")
{
    ThreadPool pool(1);
    const MatmulEngine engine(detectIsa(), pool);
    for (DType dtype : kFastTypes) {
        CAPTURE(dtypeInfo(dtype).name);
        const int64_t cols = wholeBlocks(dtype, 576);
        const WeightSupport support = engine.supports(dtype, 1536, cols);
        CHECK(support.supported);
        CHECK(support.fast);
        CHECK(support.reason.empty());
        // Scales of six bits take bytes: 4 of them in 144 and 176 bytes.
        const size_t extra = dtype == DType::Q4_K || dtype == DType::Q5_K ? 4 : 0;
        CHECK(support.bytes
              == 1536 * (rowBytes(dtype, cols) + extra * static_cast<size_t>(cols / 256)));
        // Rows that do not fill a panel cost a panel.
        CHECK(engine.supports(dtype, 1, cols).bytes == engine.supports(dtype, 16, cols).bytes);
    }
}

TEST_CASE("types without a fast path say so and what they cost")
{
    ThreadPool pool(1);
    const MatmulEngine engine(detectIsa(), pool);
    const WeightSupport support = engine.supports(DType::Q3_K, 64, 512);
    CHECK(support.supported);
    CHECK_FALSE(support.fast);
    CHECK(support.bytes == 64 * 512 * 4);
    CHECK(support.reason
          == "Q3_K has no fast path yet on the CPU: kept as float32, 9.3x the file's size");
}

TEST_CASE("rows that are not whole blocks are refused")
{
    ThreadPool pool(1);
    MatmulEngine engine(detectIsa(), pool);
    const WeightSupport support = engine.supports(DType::Q4_1, 4, 40);
    CHECK_FALSE(support.supported);
    CHECK(support.reason.find("40") != std::string::npos);
    const std::vector<unsigned char> bytes(1024);
    CHECK_THROWS_AS(engine.load({bytes.data(), DType::Q4_1, 4, 40}), std::runtime_error);
    CHECK_FALSE(engine.supports(DType::F32, 0, 40).supported);
}

TEST_CASE("weights may outlive the engine that loaded them, and go in any order")
{
    constexpr int64_t kCols = 1024;
    ThreadPool pool(2);
    std::vector<std::unique_ptr<Weight>> weights;
    const TestWeight weight(DType::F32, 600, kCols); // 2.4 MB: some need chunks of their own
    {
        MatmulEngine engine(detectIsa(), pool);
        for (int i = 0; i < 20; ++i)
            weights.push_back(engine.load(weight.tensor()));
        for (size_t i = 0; i < weights.size(); i += 2)
            weights[i].reset();
        for (int i = 0; i < 5; ++i)
            weights.push_back(engine.load(weight.tensor()));
    }
    MatmulEngine other(detectIsa(), pool);
    GuardedOutput out(1, kCols);
    const int32_t id = 599;
    for (const std::unique_ptr<Weight> &kept : weights) {
        if (!kept)
            continue;
        other.embed(*kept, {&id, 1}, out.view());
        REQUIRE(std::memcmp(out.view().data, weight.row(id).data(), kCols * sizeof(float)) == 0);
    }
}
