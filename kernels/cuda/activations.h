// Activations as the products read them: rounded once per product, packed, padded to whole groups
// of 32, aligned for wide loads. What comes before a product, a norm or a gate, is computed on the
// way.
#pragma once

#include "kernels/api/backend.h"
#include "launch_queue.h"
#include "weight_format.h"

#include <variant>

namespace inferlab::cuda {

// silu(gate) * up, not yet computed; of one shape.
struct GatedActivations
{
    ConstMatrixView gate;
    ConstMatrixView up;
};

// What a product multiplies with: a matrix, normed rows of one (NormArgs::scratch is not used), or
// gated activations.
using ActivationSource = std::variant<ConstMatrixView, NormArgs, GatedActivations>;
int64_t rowsOf(const ActivationSource &source) noexcept;
int64_t colsOf(const ActivationSource &source) noexcept;

// Of 32 activations: what a code counts, and the sums of the codes of both halves of 16 (the first
// in the lower 16 bits), which a weight's offset and minimum are multiplied with.
struct alignas(8) ActivationScale
{
    float scale;
    uint32_t sums;
};

// x rounded to 8 bits per group of 32: x = scale * code, |code| <= 127.
struct Int8Activations
{
    signed char *codes = nullptr;      // [rows][groups][32]
    ActivationScale *scales = nullptr; // [rows][groups]
    int64_t groups = 0;

    static size_t bytes(int64_t rows, int64_t cols) noexcept;
    Int8Activations() = default;
    Int8Activations(void *memory, int64_t rows, int64_t cols) noexcept;
};
void quantizeActivations(LaunchQueue &queue, const ActivationSource &source,
                         const Int8Activations &out);

// x as binary16: x = scale * value. scale is 1, or a power of two for a row with values that
// binary16 does not reach.
struct HalfActivations
{
    uint16_t *values = nullptr; // [rows][groups * 32]
    float *scales = nullptr;    // [rows]
    int64_t groups = 0;

    static size_t bytes(int64_t rows, int64_t cols) noexcept;
    HalfActivations() = default;
    HalfActivations(void *memory, int64_t rows, int64_t cols) noexcept;
};
void halveActivations(LaunchQueue &queue, const ActivationSource &source,
                      const HalfActivations &out);

// x as it is.
struct FloatActivations
{
    const float *values = nullptr; // [rows][groups * 32]
    int64_t groups = 0;

    static size_t bytes(int64_t rows, int64_t cols) noexcept;
};
// In `memory`, or where a matrix is packed, padded and aligned already, in its own.
FloatActivations padActivations(LaunchQueue &queue, const ActivationSource &source, void *memory);

} // namespace inferlab::cuda
