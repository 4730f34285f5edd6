// Operators on rows of activations; attention and its cache are in reference_attention.cpp.
#include "reference_operators.h"

#include <cassert>
#include <cmath>

namespace inferlab::reference {

namespace {

// Four sums side by side, since each must wait for its last addition; that alone makes the largest
// matrices three times as fast.
double dot(const float *a, const float *b, int64_t n)
{
    double sums[4] = {};
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (int lane = 0; lane < 4; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    }
    for (; i < n; ++i)
        sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

} // namespace

void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out)
{
    assert(x.rows == out.rows && x.cols == out.cols);
    for (int64_t r = 0; r < x.rows; ++r) {
        const float *in = x.row(r);
        const double meanSquare = dot(in, in, x.cols) / static_cast<double>(x.cols);
        const double factor = 1.0 / std::sqrt(meanSquare + static_cast<double>(epsilon));
        for (int64_t c = 0; c < x.cols; ++c) {
            out.row(r)[c] = static_cast<float>(static_cast<double>(in[c]) * factor
                                               * static_cast<double>(gain[c]));
        }
    }
}

void matmul(ConstMatrixView weight, const float *bias, ConstMatrixView x, MatrixView y,
            const StopCheck &stop)
{
    assert(weight.cols == x.cols && y.rows == x.rows && y.cols == weight.rows);
    for (int64_t c = 0; c < weight.rows; ++c) {
        if (stop && stop())
            return;
        for (int64_t r = 0; r < x.rows; ++r) {
            const double start = bias != nullptr ? static_cast<double>(bias[c]) : 0.0;
            y.row(r)[c] = static_cast<float>(start + dot(x.row(r), weight.row(c), x.cols));
        }
    }
}

void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin, RopeLayout layout)
{
    assert(x.cols % headDim == 0 && ropeDim % 2 == 0 && ropeDim <= headDim);
    assert(cosSin.rows == x.rows && cosSin.cols == ropeDim);
    const int32_t pairs = ropeDim / 2;
    const bool adjacent = layout == RopeLayout::AdjacentPairs;
    for (int64_t r = 0; r < x.rows; ++r) {
        for (int64_t head = 0; head < x.cols / headDim; ++head) {
            float *values = x.row(r) + head * headDim;
            for (int32_t i = 0; i < pairs; ++i) {
                float &a = values[adjacent ? 2 * i : i];
                float &b = values[adjacent ? 2 * i + 1 : i + pairs];
                const double cosine = static_cast<double>(cosSin.row(r)[2 * i]);
                const double sine = static_cast<double>(cosSin.row(r)[2 * i + 1]);
                const double first = static_cast<double>(a);
                const double second = static_cast<double>(b);
                a = static_cast<float>(first * cosine - second * sine);
                b = static_cast<float>(first * sine + second * cosine);
            }
        }
    }
}

void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out)
{
    assert(gate.rows == out.rows && gate.cols == out.cols && up.rows == out.rows
           && up.cols == out.cols);
    for (int64_t r = 0; r < out.rows; ++r) {
        for (int64_t c = 0; c < out.cols; ++c) {
            const double value = static_cast<double>(gate.row(r)[c]);
            const double silu = value / (1.0 + std::exp(-value));
            out.row(r)[c] = static_cast<float>(silu * static_cast<double>(up.row(r)[c]));
        }
    }
}

void add(MatrixView x, ConstMatrixView y)
{
    assert(x.rows == y.rows && x.cols == y.cols);
    for (int64_t r = 0; r < x.rows; ++r) {
        for (int64_t c = 0; c < x.cols; ++c)
            x.row(r)[c] += y.row(r)[c];
    }
}

void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out)
{
    assert(static_cast<int64_t>(rows.size()) == out.rows && x.cols == out.cols);
    for (int64_t r = 0; r < out.rows; ++r) {
        const int32_t source = rows[static_cast<size_t>(r)];
        assert(source >= 0 && source < x.rows);
        for (int64_t c = 0; c < x.cols; ++c)
            out.row(r)[c] = x.row(source)[c];
    }
}

} // namespace inferlab::reference
