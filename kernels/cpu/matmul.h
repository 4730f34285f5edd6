// Weights of the CPU backend and the products with them.
//
// Fast types: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K and Q6_K, multiplied as integers with
// activations that are quantised per token and block of 32 to int8 (see panel_format.h), and F32,
// F16 and BF16, multiplied as float32 with activations as they are. All other types are dequantised
// to float32 when they are loaded.
//
// An output depends on its weight row and its row of x alone: the same bits for any number of rows,
// any number of threads, and wherever the row stands.
#pragma once

#include "isa.h"
#include "kernels/api/backend.h"
#include "thread_pool.h"
#include "weight_arena.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace inferlab {

struct FormatFamily;
struct MatmulKernels;

class MatmulEngine
{
public:
    // isa: one of availableIsas(). The pool must outlive the engine, or be replaced before it goes.
    MatmulEngine(Isa isa, ThreadPool &pool);
    ~MatmulEngine();
    MatmulEngine(const MatmulEngine &) = delete;
    MatmulEngine &operator=(const MatmulEngine &) = delete;

    void setPool(ThreadPool &pool) noexcept;

    WeightSupport supports(DType dtype, int64_t rows, int64_t cols) const;
    // As Backend::loadWeight(). Throws std::runtime_error when the weight is not supported,
    // std::bad_alloc.
    std::unique_ptr<Weight> load(const HostTensor &tensor, const WeightProgress &progress = {});

    size_t workspaceBytes(const StepLimits &limits) const;
    void reserve(const StepLimits &limits);

    // y = x * weight^T (+ bias) for each output; all read the same x. x.cols at most as reserved.
    // A row of x with a NaN or an infinity gives NaN where it meets quantised weights.
    // Gives up, the rest of y not written, when `stop` says so.
    void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x,
                const StopCheck &stop = {});
    // out[r] = row ids[r] of table, as float32, with the bits of dequantizeRow().
    void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out);

private:
    // Room for the prepared tokens of one family of formats.
    class TileMemory
    {
    public:
        void grow(size_t bytes);
        void *data() const noexcept { return m_data; }
        size_t bytes() const noexcept { return m_bytes; }

    private:
        std::vector<unsigned char> m_area;
        void *m_data = nullptr;
        size_t m_bytes = 0;
    };

    int64_t tokensAtOnce(std::span<const MatmulOutput> outputs, ConstMatrixView x) const noexcept;
    void prepare(const FormatFamily &family, const TileMemory &tiles, ConstMatrixView x) noexcept;
    void multiply(std::span<const MatmulOutput> outputs, int64_t firstToken, int64_t tokens,
                  int64_t cols, const StopCheck &stop) noexcept;
    // False when it gave up.
    bool multiplyPanels(const MatmulOutput &output, Range panels, int64_t firstToken,
                        int64_t tokens, const StopCheck &stop) const noexcept;

    const MatmulKernels &m_kernels;
    ThreadPool *m_pool;
    WeightArena m_arena;
    TileMemory m_quantizedTiles;
    TileMemory m_floatTiles;
};

} // namespace inferlab
