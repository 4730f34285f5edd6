// Products of float weights with float32 activations: nothing is rounded but the sums.
#include "matvec.cuh"

#include "dispatch.cuh"
#include "half.cuh"

namespace inferlab::cuda {

namespace {

// Of a warp's lanes each takes four columns, next to one another's: their loads of weights and of
// activations are whole cache lines, and meet no bank twice.
constexpr int kColsAtOnce = 4;

// Four weights from column 4 * `four` of the plane on.
template <DType type>
__device__ __forceinline__ float4 loadFour(const WeightPlanes &planes, int64_t four)
{
    if constexpr (type == DType::F32) {
        return reinterpret_cast<const float4 *>(planes.low)[four];
    } else {
        const uint2 packed = reinterpret_cast<const uint2 *>(planes.low)[four];
        if constexpr (type == DType::F16)
            return make_float4(lowHalf(packed.x), highHalf(packed.x), lowHalf(packed.y),
                               highHalf(packed.y));
        else
            return make_float4(lowBfloat16(packed.x), highBfloat16(packed.x), lowBfloat16(packed.y),
                               highBfloat16(packed.y));
    }
}

template <DType type, int tokensMost>
__global__ void __launch_bounds__(kMatvecThreads)
    matvecFloatKernel(ProductTargets targets, FloatActivations x, int tokens)
{
    const auto [target, row] = beginRow<type>(targets);
    if (row >= target.rows)
        return; // the whole warp
    const float before = loadBefore(target, row, tokens);
    float sums[tokensMost] = {};
    const int64_t fours = x.groups * (kGroup / kColsAtOnce); // of a row
    // Four loads of weights under way in each lane.
#pragma unroll 4
    for (int64_t four = threadIdx.x % kWarpLanes; four < fours; four += kWarpLanes) {
        const float4 weights = loadFour<type>(target.weight, row * fours + four);
#pragma unroll
        for (int t = 0; t < tokensMost; ++t) {
            if (t < tokens) {
                const float4 in = reinterpret_cast<const float4 *>(x.values)[t * fours + four];
                sums[t] = __fmaf_rn(weights.x, in.x, sums[t]);
                sums[t] = __fmaf_rn(weights.y, in.y, sums[t]);
                sums[t] = __fmaf_rn(weights.z, in.z, sums[t]);
                sums[t] = __fmaf_rn(weights.w, in.w, sums[t]);
            }
        }
    }
    storeSums(target, row, sums, tokens, before);
}

} // namespace

void matvecFloat(LaunchQueue &queue, DType dtype, ProductTargets targets, const FloatActivations &x,
                 int64_t tokens)
{
    const Grid grid = matvecGrid(targets);
    const auto launchFor = [&](auto type) {
        forTokens(tokens, [&](auto most) {
            launch("matvecFloat", matvecFloatKernel<decltype(type)::value, decltype(most)::value>,
                   grid, queue, targets, x, static_cast<int>(tokens));
        });
    };
    if (dtype == DType::F32)
        launchFor(TypeConstant<DType::F32> {});
    else if (dtype == DType::F16)
        launchFor(TypeConstant<DType::F16> {});
    else if (dtype == DType::BF16)
        launchFor(TypeConstant<DType::BF16> {});
    else
        throw std::logic_error("not a float type");
}

} // namespace inferlab::cuda
