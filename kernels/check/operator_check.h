// One operator at one shape, on any backend: prepare it, run it, compare it with another backend,
// time it.
#pragma once

#include "kernels/api/backend.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace inferlab {

// An operator whose inputs lie in a backend's memory. The backend must outlive it.
class PreparedOperator
{
public:
    virtual ~PreparedOperator() = default;
    virtual void run() = 0;
    virtual std::vector<float> output() const = 0;
    virtual bool guardsIntact() const = 0; // nothing was written beside the outputs
};

struct OperatorCase
{
    std::string op;         // "rmsNorm", as in kernels/api/backend.h
    std::string shape;      // "32 x 576"
    std::string dtype;      // of the weight or of the cache; "F32" where there is neither
    double tolerance = 0.0; // of OperatorComparison::maxError
    // And of a device whose tensor cores round more; not where it is to be batch-invariant.
    double tensorTolerance = 0.0; // 0: the same
    double flops = 0.0;           // floating-point operations that the formula needs
    double bytes = 0.0;           // read and written at least once
    // Empty, or the reason why the backend does not do it.
    std::function<std::string(Backend &)> unsupported;
    // The same inputs on every backend. Reserves what it needs.
    std::function<std::unique_ptr<PreparedOperator>(Backend &)> prepare;
};

struct OperatorComparison
{
    double maxError =
        0.0; // largest difference, over the root mean square of the reference's output
    double tolerance = 0.0; // of it, on the backend that was tested
    bool finite = true;     // no NaN and no infinity came out
    bool guardsIntact = true;
    bool passed = false;
    std::string unsupported; // why it was not run
};

OperatorComparison compareOperator(const OperatorCase &operatorCase, Backend &tested,
                                   Backend &reference);

// Median of at least three runs and at least `seconds` of running, after one run that warms caches.
// Asks `stop` before each run, and gives 0 when told to.
double timeOperator(const OperatorCase &operatorCase, Backend &backend, double seconds,
                    const StopCheck &stop = {});

// Cases of operators without weights and cache.
OperatorCase rmsNormCase(int64_t rows, int64_t cols);
OperatorCase siluMultiplyCase(int64_t rows, int64_t cols);
OperatorCase addCase(int64_t rows, int64_t cols);
OperatorCase gatherRowsCase(int64_t sourceRows, int64_t rows, int64_t cols);
OperatorCase ropeCase(int64_t rows, int32_t heads, int32_t headDim, int32_t ropeDim,
                      RopeLayout layout);

// temperature 0: greedy
OperatorCase summariseLogitsCase(int64_t rows, int64_t vocabulary, float temperature);

// Cases with weights.
OperatorCase embedCase(DType dtype, int64_t vocabulary, int64_t rows, int64_t cols);
OperatorCase matmulCase(DType dtype, int64_t rows, int64_t out, int64_t in, bool bias);
// Several weights of small sizes in one call, every second with a bias.
OperatorCase matmulCase(const std::vector<DType> &dtypes, int64_t rows, int64_t in);
// sourceRows: rows are picked from so many; 0: all are normed in order.
OperatorCase normMatmulCase(const std::vector<DType> &dtypes, int64_t rows, int64_t in,
                            int64_t sourceRows);
OperatorCase matmulAddCase(DType dtype, int64_t rows, int64_t out, int64_t in);
// scale: of gate and up; large ones leave the range of binary16.
OperatorCase siluMatmulAddCase(DType dtype, int64_t rows, int64_t out, int64_t in, float scale);

// Sequences of which the last `newTokens` are rows of the batch. Their blocks lie scattered in the
// cache.
struct SequenceShape
{
    int32_t tokens = 0;
    int32_t newTokens = 1;
};

struct CacheShape
{
    DType dtype = DType::F16;
    int32_t heads = 1;
    int32_t kvHeads = 1;
    int32_t headDim = 64;
    int32_t blockTokens = 16;
    float scoreScale = 1.0f; // multiplies the scores: large ones try the softmax's range
};

OperatorCase attentionCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences);
OperatorCase writeKvCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences);
OperatorCase ropeAndStoreCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences,
                              int32_t ropeDim, RopeLayout layout);
// dtype, out: of the weight; in: as wide as attention's output.
OperatorCase attentionMatmulAddCase(DType dtype, int64_t out, const CacheShape &cache,
                                    const std::vector<SequenceShape> &sequences);

// At and around the edges of vectors, tiles, blocks and chunks: small, for tests.
std::vector<OperatorCase> edgeCases();

// As models have them, for people and timings: SmolLM2-135M's and an 8-billion model's layers.
std::vector<OperatorCase> typicalCases();

} // namespace inferlab
