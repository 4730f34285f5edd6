// Products of the backend: chooses the kernel, prepares the activations once for all weights that
// read them, and launches weights of one type together.
#pragma once

#include "activations.h"
#include "device_buffer.h"
#include "device_weight.h"
#include "half_gemm.h"
#include "launch_queue.h"
#include "product_choice.h"
#include "product_targets.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace inferlab::cuda {

class Matmul
{
public:
    explicit Matmul(LaunchQueue &queue);

    // One kernel for any number of tokens, so that a token's result does not depend on those beside
    // it. Else the fastest.
    bool batchInvariant() const noexcept { return m_batchInvariant; }
    void setBatchInvariant(bool invariant) noexcept { m_batchInvariant = invariant; }

    size_t workspaceBytes(const StepLimits &limits) const noexcept;
    void reserve(const StepLimits &limits);
    // Gives up between launches when `stop` says so.
    void run(std::span<const MatmulOutput> outputs, const ActivationSource &source,
             const StopCheck &stop);
    // sum += source * weight^T. scratch: the shape of sum.
    void add(const Weight &weight, const ActivationSource &source, MatrixView sum,
             MatrixView scratch);
    // Where another may put activations that add() would quantise; none where it would not.
    std::optional<Int8Activations> quantizedInput(const Weight &weight, int64_t rows) const;
    // add() of what was put there.
    void addQuantized(const Weight &weight, const Int8Activations &codes, MatrixView sum);

    // Why cuBLAS does not serve; empty when it does.
    const std::string &libraryReason() const noexcept { return m_libraryReason; }

private:
    ProductKernel kernelFor(DType stored, int64_t rows) const noexcept
    {
        return chooseProduct(stored, rows,
                             {m_batchInvariant, m_library != nullptr, m_libraryTokens});
    }
    void runTogether(DType stored, ProductTargets &targets, const ActivationSource &source);
    void runMatvecInt8(DType stored, const ProductTargets &targets, const ActivationSource &source);
    void runMatvecFloat(DType stored, const ProductTargets &targets,
                        const ActivationSource &source);
    void runLibrary(DType stored, const ProductTargets &targets, const HalfActivations &x,
                    int64_t tokens);

    // The form in which the activations of the current call lie in the workspace.
    enum class Prepared { Nothing, Int8, Float, Half };

    LaunchQueue &m_queue;
    LibraryTokens m_libraryTokens = libraryTokens();
    bool m_batchInvariant = false;
    std::string m_libraryReason;
    std::unique_ptr<HalfGemm> m_library;
    std::unique_ptr<DeviceBuffer> m_activations;
    std::unique_ptr<DeviceBuffer> m_halfWeights; // a part of a matrix as binary16, for cuBLAS
    Prepared m_prepared = Prepared::Nothing;
    FloatActivations m_floats; // of the current call, where they are prepared
};

} // namespace inferlab::cuda
