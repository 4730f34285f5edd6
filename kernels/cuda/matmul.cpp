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
    target.y = target.product = output.y.data;
    target.stride = target.productStride = output.y.stride;
    target.bias = output.bias;
    target.rows = weight.rows();
    return target;
}

ProductTargets addingTo(const Weight &weight, MatrixView sum, MatrixView scratch)
{
    ProductTargets targets;
    ProductTarget &target = targets.target[targets.count++];
    target = targetOf({&weight, sum});
    target.accumulate = true;
    target.product = scratch.data;
    target.productStride = scratch.stride;
    return targets;
}

size_t activationBytes(const StepLimits &limits)
{
    const int64_t few = std::min(limits.rows, kMatvecTokens);
    return std::max({HalfActivations::bytes(limits.rows, limits.cols),
                     FloatActivations::bytes(limits.rows, limits.cols),
                     Int8Activations::bytes(few, limits.cols)});
}

} // namespace

Matmul::Matmul(LaunchQueue &queue)
    : m_queue(queue)
    , m_library(openHalfGemm(queue.stream(), m_libraryReason))
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

void Matmul::run(std::span<const MatmulOutput> outputs, const ActivationSource &source,
                 const StopCheck &stop)
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
            assert(outputs[next].weight->cols() == colsOf(source)
                   && outputs[next].y.rows == rowsOf(source));
            targets.target[targets.count++] = targetOf(outputs[next++]);
        }
        runTogether(stored, targets, source);
        first = next;
    }
}

void Matmul::add(const Weight &weight, const ActivationSource &source, MatrixView sum,
                 MatrixView scratch)
{
    assert(weight.cols() == colsOf(source) && sum.rows == rowsOf(source));
    assert(scratch.rows == sum.rows && scratch.cols == sum.cols);
    m_prepared = Prepared::Nothing;
    ProductTargets targets = addingTo(weight, sum, scratch);
    runTogether(deviceWeight(weight).stored(), targets, source);
}

std::optional<Int8Activations> Matmul::quantizedInput(const Weight &weight, int64_t rows) const
{
    if (kernelFor(deviceWeight(weight).stored(), rows) != ProductKernel::MatvecInt8)
        return std::nullopt;
    return Int8Activations(m_activations->data(), rows, weight.cols());
}

void Matmul::addQuantized(const Weight &weight, const Int8Activations &codes, MatrixView sum)
{
    matvecQuantized(m_queue, deviceWeight(weight).stored(), addingTo(weight, sum, {}), codes,
                    sum.rows);
}

void Matmul::runTogether(DType stored, ProductTargets &targets, const ActivationSource &source)
{
    const int64_t rows = rowsOf(source);
    const ProductKernel kernel = kernelFor(stored, rows);
    if (kernel == ProductKernel::MatvecInt8)
        return runMatvecInt8(stored, targets, source);
    if (kernel == ProductKernel::MatvecFloat)
        return runMatvecFloat(stored, targets, source);
    const HalfActivations half(m_activations->data(), rows, colsOf(source));
    if (m_prepared != Prepared::Half) {
        halveActivations(m_queue, source, half);
        m_prepared = Prepared::Half;
    }
    if (kernel == ProductKernel::Library)
        runLibrary(stored, targets, half, rows);
    else
        matmulTiles(m_queue, stored, targets, half, rows);
}

void Matmul::runMatvecInt8(DType stored, const ProductTargets &targets,
                           const ActivationSource &source)
{
    const int64_t rows = rowsOf(source);
    const Int8Activations codes(m_activations->data(), rows, colsOf(source));
    if (m_prepared != Prepared::Int8) {
        quantizeActivations(m_queue, source, codes);
        m_prepared = Prepared::Int8;
    }
    matvecQuantized(m_queue, stored, targets, codes, rows);
}

// Eight tokens at a time: more come here for float32 weights alone.
void Matmul::runMatvecFloat(DType stored, const ProductTargets &targets,
                            const ActivationSource &source)
{
    if (m_prepared != Prepared::Float) {
        m_floats = padActivations(m_queue, source, m_activations->data());
        m_prepared = Prepared::Float;
    }
    FloatActivations floats = m_floats;
    const int64_t rows = rowsOf(source);
    for (int64_t first = 0; first < rows; first += kMatvecTokens) {
        const int64_t tokens = std::min(kMatvecTokens, rows - first);
        ProductTargets part = targets;
        for (int i = 0; i < part.count; ++i)
            part.target[i].y += first * part.target[i].stride;
        matvecFloat(m_queue, stored, part, floats, tokens);
        floats.values += tokens * floats.groups * kGroup;
    }
}

void Matmul::runLibrary(DType stored, const ProductTargets &targets, const HalfActivations &x,
                        int64_t tokens)
{
    const int64_t cols = x.groups * kGroup;
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
                dequantizeToHalf(m_queue, stored, target.weight, first, rows, values);
                weights = values;
            }
            m_library->multiply(weights, rows, x.values, tokens, cols, target.product + first,
                                target.productStride);
            m_queue.breakOverlap(); // its kernels do not know of it
        }
    }
    finishProducts(m_queue, targets, x, tokens);
}

} // namespace inferlab::cuda
