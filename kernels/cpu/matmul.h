// Weights of the CPU backend and the products with them.
#pragma once

#include "isa.h"
#include "kernels/api/backend.h"
#include "thread_pool.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace inferlab {

// An output element is summed in an order that depends on the weight's type and width alone.
class MatmulEngine
{
public:
    MatmulEngine(Isa isa, ThreadPool &pool);
    ~MatmulEngine();
    MatmulEngine(const MatmulEngine &) = delete;
    MatmulEngine &operator=(const MatmulEngine &) = delete;

    void setPool(ThreadPool &pool) noexcept;

    WeightSupport supports(DType dtype, int64_t rows, int64_t cols) const;
    // Throws std::runtime_error when the weight is not supported, std::bad_alloc.
    std::unique_ptr<Weight> load(const HostTensor &tensor);

    size_t workspaceBytes(const StepLimits &limits) const;
    void reserve(const StepLimits &limits);

    // y = x * weight^T (+ bias) for each output; all read the same x.
    void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x);
    // out[r] = row ids[r] of table, as float32.
    void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out);

private:
    ThreadPool *m_pool;
};

} // namespace inferlab
