// Every operator of the CUDA backend against the reference, at shapes at and around the edges of
// tiles, blocks and chunks; nothing is written out of bounds. Runs on a GPU or, with the emulated
// module beside it, on the host.
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"
#include "support/environment_variable.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test;

namespace {

void compareAll(const std::vector<OperatorCase> &cases, bool batchInvariant)
{
    const std::unique_ptr<Backend> reference = openBackend("reference", 1);
    const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
    cuda->setBatchInvariant(batchInvariant);
    REQUIRE(cuda->batchInvariant() == batchInvariant);
    for (const OperatorCase &operatorCase : cases) {
        const OperatorComparison comparison = compareOperator(operatorCase, *cuda, *reference);
        CAPTURE(operatorCase.op);
        CAPTURE(operatorCase.dtype);
        CAPTURE(operatorCase.shape);
        CHECK(comparison.unsupported == "");
        CHECK(comparison.finite);
        CHECK(comparison.guardsIntact);
        CHECK(comparison.maxError <= comparison.tolerance);
        CHECK(comparison.passed);
    }
}

constexpr DType kKernelTypes[] = {DType::F32,  DType::F16,  DType::BF16, DType::Q4_0,
                                  DType::Q4_1, DType::Q5_0, DType::Q5_1, DType::Q8_0,
                                  DType::Q4_K, DType::Q5_K, DType::Q6_K};

// Numbers of tokens at the edges of the kernels: matrix-vector kernels of 1, 2, 4 and 8, tiles of
// 32 and of 128, cuBLAS from 64 and 256.
std::vector<OperatorCase> productEdges()
{
    std::vector<OperatorCase> cases;
    for (const DType dtype : kKernelTypes) {
        for (const int64_t tokens : {2, 4, 5, 8, 9, 32, 33})
            cases.push_back(matmulCase(dtype, tokens, 37, 256, tokens % 2 == 1));
    }
    for (const int64_t tokens : {63, 64, 96, 97, 128, 129})
        cases.push_back(matmulCase(DType::F16, tokens, 130, 64, true));
    for (const int64_t tokens : {97, 128, 255, 256, 257})
        cases.push_back(matmulCase(DType::Q8_0, tokens, 129, 64, true));
    cases.push_back(matmulCase(DType::Q4_K, 260, 33, 256, true));
    cases.push_back(matmulCase(DType::BF16, 260, 33, 96, false));
    for (const int64_t cols : {1, 31, 33, 95}) // float types come in any width
        cases.push_back(matmulCase(DType::F16, 3, 5, cols, true));
    cases.push_back(matmulCase(DType::F16, 40, 5, 33, true));
    return cases;
}

// Products with what comes before and after them, at those numbers.
std::vector<OperatorCase> chainEdges()
{
    std::vector<OperatorCase> cases;
    for (const DType dtype : {DType::F16, DType::BF16, DType::Q8_0, DType::Q5_K}) {
        for (const int64_t tokens : {8, 9, 64, 97, 257}) {
            cases.push_back(matmulAddCase(dtype, tokens, 130, 256));
            cases.push_back(siluMatmulAddCase(dtype, tokens, 33, 256, 1.0f));
            cases.push_back(normMatmulCase({dtype, dtype}, tokens, 256, tokens == 9 ? 40 : 0));
        }
        // Activations beyond binary16's range.
        for (const int64_t tokens : {20, 260})
            cases.push_back(siluMatmulAddCase(dtype, tokens, 33, 256, 400.0f));
    }
    const std::vector<DType> mixed {DType::F16, DType::Q8_0, DType::F32, DType::BF16, DType::F16};
    for (const int64_t tokens : {64, 257})
        cases.push_back(matmulCase(mixed, tokens, 64));
    return cases;
}

} // namespace

TEST_CASE("every operator agrees with the reference")
{
    compareAll(edgeCases(), false);
}

TEST_CASE("attention of prompts without the tensor cores")
{
    std::vector<OperatorCase> cases = edgeCases();
    std::erase_if(cases, [](const OperatorCase &each) { return each.tensorTolerance == 0.0; });
    REQUIRE_FALSE(cases.empty());
    compareAll(cases, true);
}

TEST_CASE("products at the edges of the kernels' numbers of tokens")
{
    compareAll(productEdges(), false);
}

TEST_CASE("products by the batch-invariant kernel")
{
    compareAll(productEdges(), true);
    compareAll(chainEdges(), true);
}

TEST_CASE("chains of operators at the edges of the kernels' numbers of tokens")
{
    compareAll(chainEdges(), false);
}

TEST_CASE("every type becomes binary16 for cuBLAS, and meets the large tile without it")
{
    std::vector<OperatorCase> cases;
    for (const DType dtype : kKernelTypes) {
        if (dtype != DType::F32)
            cases.push_back(matmulCase(dtype, 129, 131, 256, true));
    }
    compareAll(cases, true); // the tiles
    const EnvironmentVariable fromFew("INFERLAB_CUDA_LIBRARY_TOKENS", "9,9");
    compareAll(cases, false);
}
