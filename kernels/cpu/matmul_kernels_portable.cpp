// The matrix product in plain C++, shaped so that a compiler can use whatever vectors the machine
// has: the innermost loops go over a panel's sixteen lanes. See matmul_kernels.h.
#include "matmul_kernels.h"

#include "kernels/api/half.h"

namespace inferlab {

namespace {

struct Floats
{
    float lane[kPanelRows];
};

struct Ints
{
    int32_t lane[kPanelRows];
};

inline Floats broadcast(float value)
{
    Floats result;
    for (float &lane : result.lane)
        lane = value;
    return result;
}

inline Ints broadcast(int32_t value)
{
    Ints result;
    for (int32_t &lane : result.lane)
        lane = value;
    return result;
}

inline Floats add(Floats a, const Floats &b)
{
    for (int i = 0; i < kPanelRows; ++i)
        a.lane[i] += b.lane[i];
    return a;
}

inline Floats multiply(Floats a, const Floats &b)
{
    for (int i = 0; i < kPanelRows; ++i)
        a.lane[i] *= b.lane[i];
    return a;
}

inline Floats multiplyAdd(const Floats &a, const Floats &b, Floats c)
{
    for (int i = 0; i < kPanelRows; ++i)
        c.lane[i] += a.lane[i] * b.lane[i];
    return c;
}

inline Floats toFloats(const Ints &values)
{
    Floats result;
    for (int i = 0; i < kPanelRows; ++i)
        result.lane[i] = static_cast<float>(values.lane[i]);
    return result;
}

inline Floats loadHalves(const void *halves)
{
    const auto *source = static_cast<const uint16_t *>(halves);
    Floats result;
    for (int i = 0; i < kPanelRows; ++i)
        result.lane[i] = halfToFloat(source[i]);
    return result;
}

inline Floats loadLanes(const float *source, int lanes)
{
    Floats result = broadcast(0.0f);
    for (int i = 0; i < lanes; ++i)
        result.lane[i] = source[i];
    return result;
}

inline void storeLanes(float *target, const Floats &values, int lanes)
{
    for (int i = 0; i < lanes; ++i)
        target[i] = values.lane[i];
}

#include "matmul_loops.inl"

constexpr bool kSignedQ8 = true;

// Products that are added up in 16 bits before they go to 32: 16 * (15 * 127) and 2 * (128 * 127)
// are both below 2^15.
template <PanelFormat Format>
constexpr int kColumnsInShort = Format == PanelFormat::Q8_0 ? 2 : 16;

// weights[column][lane] of one block.
template <PanelFormat Format>
inline void unpackBlock(const uint8_t *values, int16_t (&weights)[kBlockColumns][kPanelRows])
{
    constexpr int kHalf = kBlockColumns / 2;
    for (int column = 0; column < (Format == PanelFormat::Q8_0 ? kBlockColumns : kHalf); ++column) {
        const uint8_t *bytes = values + column / 4 * 64 + column % 4;
        for (int lane = 0; lane < kPanelRows; ++lane) {
            const int byte = bytes[4 * lane];
            if constexpr (Format == PanelFormat::Q8_0) {
                weights[column][lane] = static_cast<int16_t>(byte - 128);
            } else {
                weights[column][lane] = static_cast<int16_t>(byte & 0x0f);
                weights[column + kHalf][lane] = static_cast<int16_t>(byte >> 4);
            }
        }
    }
}

template <PanelFormat Format, int P, int N>
inline void sumBlock(const uint8_t *const (&values)[P], const int8_t *x, Ints (&sums)[P][N])
{
    for (int p = 0; p < P; ++p) {
        int16_t weights[kBlockColumns][kPanelRows];
        unpackBlock<Format>(values[p], weights);
        for (int n = 0; n < N; ++n) {
            const int8_t *bytes = x + n * kBlockColumns;
            for (int first = 0; first < kBlockColumns; first += kColumnsInShort<Format>) {
                int16_t shorts[kPanelRows] = {};
                for (int i = first; i < first + kColumnsInShort<Format>; ++i) {
                    const auto factor = static_cast<int16_t>(bytes[i]);
                    for (int lane = 0; lane < kPanelRows; ++lane)
                        shorts[lane] =
                            static_cast<int16_t>(shorts[lane] + factor * weights[i][lane]);
                }
                for (int lane = 0; lane < kPanelRows; ++lane)
                    sums[p][n].lane[lane] += shorts[lane];
            }
        }
    }
}

template <PanelFormat Format>
inline Floats loadWeights(const uint8_t *values)
{
    if constexpr (Format == PanelFormat::F16) {
        return loadHalves(values);
    } else {
        Floats result;
        for (int i = 0; i < kPanelRows; ++i) {
            if constexpr (Format == PanelFormat::F32) {
                __builtin_memcpy(&result.lane[i], values + sizeof(float) * static_cast<size_t>(i),
                                 sizeof(float));
            } else {
                uint16_t upper;
                __builtin_memcpy(&upper, values + sizeof upper * static_cast<size_t>(i),
                                 sizeof upper);
                result.lane[i] = bfloat16ToFloat(upper);
            }
        }
        return result;
    }
}

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "quantize_block.inl"

#include "prepare_tokens.inl"

// Unpacking a block is worth it for several tokens; more sums than four would not stay in
// registers.
constexpr int kQuantizedTokens = 4;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;
constexpr int kFloatTokens = 4;
constexpr int kFloatPanels = 1;
constexpr int kFloatPanelsOfOne = 2;

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kPortableMatmulKernels = makeMatmulKernels();

} // namespace inferlab
