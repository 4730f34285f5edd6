#include "matmul.h"

#include "activations.h"
#include "embed.h"
#include "matmul_tiles.h"
#include "matvec.h"

#include <algorithm>
#include <cassert>

namespace inferlab::cuda {

namespace {

// Of weights as binary16 at a time: large enough for full-speed products (2,048 rows of 8,192
// columns), small beside a card's memory.
constexpr size_t kHalfWeightBytes = size_t {32} << 20;

const DeviceWeight &deviceWeight(const Weight &weight)
{
    assert(dynamic_cast<const DeviceWeight *>(&weight) != nullptr && "a weight of this backend");
    return static_cast<const DeviceWeight &>(weight);
}

ProductTarget targetOf(const MatmulOutput &output)
{
    const DeviceWeight &weight = deviceWeight(*output.weight);
    ProductTarget target;
    target.weight = weight.planes();
    target.y = output.y.data;
    target.stride = output.y.stride;
    target.bias = output.bias;
    target.rows = weight.rows();
    return target;
}

size_t activationBytes(const StepLimits &limits)
{
    const int64_t few = std::min(limits.rows, kMatvecTokens);
    return std::max({HalfActivations::bytes(limits.rows, limits.cols),
                     FloatActivations::bytes(limits.rows, limits.cols),
                     Int8Activations::bytes(few, limits.cols)});
}

} // namespace

Matmul::Matmul(cudaStream_t stream)
    : m_stream(stream)
    , m_library(openHalfGemm(stream, m_libraryReason))
{ }

size_t Matmul::workspaceBytes(const StepLimits &limits) const noexcept
{
    return activationBytes(limits) + (m_library ? kHalfWeightBytes : 0);
}

void Matmul::reserve(const StepLimits &limits)
{
    const size_t bytes = activationBytes(limits);
    if (!m_activations || m_activations->bytes() < bytes)
        m_activations = std::make_unique<DeviceBuffer>(bytes);
    if (m_library && !m_halfWeights)
        m_halfWeights = std::make_unique<DeviceBuffer>(kHalfWeightBytes);
}

void Matmul::run(std::span<const MatmulOutput> outputs, ConstMatrixView x, const StopCheck &stop)
{
    m_prepared = Prepared::Nothing;
    for (size_t first = 0; first < outputs.size();) {
        if (stop && stop())
            return;
        const DType stored = deviceWeight(*outputs[first].weight).stored();
        ProductTargets targets;
        size_t next = first;
        while (next < outputs.size() && targets.count < kMostTargets
               && deviceWeight(*outputs[next].weight).stored() == stored) {
            assert(outputs[next].weight->cols() == x.cols && outputs[next].y.rows == x.rows);
            targets.target[targets.count++] = targetOf(outputs[next++]);
        }
        runTogether(stored, targets, x);
        first = next;
    }
}

void Matmul::runTogether(DType stored, ProductTargets &targets, ConstMatrixView x)
{
    const ProductKernel kernel =
        chooseProduct(stored, x.rows, {m_batchInvariant, m_library != nullptr, m_libraryTokens});
    switch (kernel) {
    case ProductKernel::MatvecInt8:
    case ProductKernel::MatvecFloat:
        return runMatvec(kernel, stored, targets, x);
    case ProductKernel::Tiles:
    case ProductKernel::Library:
        break;
    }
    const HalfActivations half(m_activations->data(), x.rows, x.cols);
    if (m_prepared != Prepared::Half) {
        halveActivations(m_stream, x, half);
        m_prepared = Prepared::Half;
    }
    if (kernel == ProductKernel::Library)
        runLibrary(stored, targets, x);
    else
        matmulTiles(m_stream, stored, targets, half, x.rows);
}

// Eight tokens at a time: more come here for float32 weights alone.
void Matmul::runMatvec(ProductKernel kernel, DType stored, const ProductTargets &targets,
                       ConstMatrixView x)
{
    const bool int8 = kernel == ProductKernel::MatvecInt8;
    const Int8Activations codes(m_activations->data(), std::min(x.rows, kMatvecTokens), x.cols);
    FloatActivations floats(m_activations->data(), x.cols);
    const Prepared needed = int8 ? Prepared::Int8 : Prepared::Float;
    if (m_prepared != needed) {
        if (int8)
            quantizeActivations(m_stream, x, codes);
        else
            padActivations(m_stream, x, floats);
        m_prepared = needed;
    }
    if (int8) {
        matvecQuantized(m_stream, stored, targets, codes, x.rows);
        return;
    }
    for (int64_t first = 0; first < x.rows; first += kMatvecTokens) {
        const int64_t tokens = std::min(kMatvecTokens, x.rows - first);
        ProductTargets part = targets;
        for (int i = 0; i < part.count; ++i)
            part.target[i].y += first * part.target[i].stride;
        matvecFloat(m_stream, stored, part, floats, tokens);
        floats.values += tokens * floats.groups * kGroup;
    }
}

void Matmul::runLibrary(DType stored, const ProductTargets &targets, ConstMatrixView x)
{
    const HalfActivations half(m_activations->data(), x.rows, x.cols);
    const int64_t cols = half.groups * kGroup;
    const int64_t mostRows =
        static_cast<int64_t>(kHalfWeightBytes / sizeof(uint16_t)) / std::max<int64_t>(cols, 1);
    for (int i = 0; i < targets.count; ++i) {
        const ProductTarget &target = targets.target[i];
        const int64_t step = stored == DType::F16 ? target.rows : std::max<int64_t>(mostRows, 1);
        for (int64_t first = 0; first < target.rows; first += step) {
            const int64_t rows = std::min(step, target.rows - first);
            const auto *weights = reinterpret_cast<const uint16_t *>(target.weight.low);
            if (stored != DType::F16) {
                auto *values = static_cast<uint16_t *>(m_halfWeights->data());
                dequantizeToHalf(m_stream, stored, target.weight, first, rows, values);
                weights = values;
            }
            m_library->multiply(weights, rows, half.values, x.rows, cols, target.y + first,
                                target.stride);
        }
        finishProduct(m_stream, target, half, x.rows);
    }
}

} // namespace inferlab::cuda
