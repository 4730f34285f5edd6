// Integer dot products of a group's codes with the activations' codes, exact; then per group
//     x.scale * (scale * (dot - offset * sum of x's codes) - minimum * sum of x's codes).
#include "matvec.cuh"

#include "dispatch.cuh"
#include "group_codes.cuh"

namespace inferlab::cuda {

namespace {

struct GroupOfActivations
{
    int words[8];
    float scale;
    int sums[2]; // of the codes of each half
};

__device__ __forceinline__ GroupOfActivations loadActivations(const Int8Activations &x,
                                                              int64_t index)
{
    GroupOfActivations group;
    const int4 low = reinterpret_cast<const int4 *>(x.codes)[2 * index];
    const int4 high = reinterpret_cast<const int4 *>(x.codes)[2 * index + 1];
    group.words[0] = low.x;
    group.words[1] = low.y;
    group.words[2] = low.z;
    group.words[3] = low.w;
    group.words[4] = high.x;
    group.words[5] = high.y;
    group.words[6] = high.z;
    group.words[7] = high.w;
    const ActivationScale scale = x.scales[index];
    group.scale = scale.scale;
    group.sums[0] = static_cast<int16_t>(scale.sums & 0xffffu);
    group.sums[1] = static_cast<int16_t>(scale.sums >> 16);
    return group;
}

template <DType type>
__device__ __forceinline__ float dotGroup(const int (&codes)[8], const GroupScales &scales,
                                          const GroupOfActivations &x)
{
    using Traits = GroupTraits<type>;
    int dots[2] = {0, 0};
    for (int w = 0; w < 4; ++w) {
        dots[0] = __dp4a(codes[w], x.words[w], dots[0]);
        dots[1] = __dp4a(codes[w + 4], x.words[w + 4], dots[1]);
    }
    dots[0] -= Traits::kOffset * x.sums[0];
    dots[1] -= Traits::kOffset * x.sums[1];
    float product;
    if constexpr (Traits::kTwoScales)
        product = __fmaf_rn(scales.scale[1], static_cast<float>(dots[1]),
                            __fmul_rn(scales.scale[0], static_cast<float>(dots[0])));
    else
        product = __fmul_rn(scales.scale[0], static_cast<float>(dots[0] + dots[1]));
    if constexpr (Traits::kHasMinimum)
        product = __fmaf_rn(-scales.minimum, static_cast<float>(x.sums[0] + x.sums[1]), product);
    return product;
}

template <DType type, int tokensMost>
__global__ void __launch_bounds__(kMatvecThreads)
    matvecQuantizedKernel(ProductTargets targets, Int8Activations x, int tokens)
{
    const auto [target, row] = beginRow<type>(targets);
    if (row >= target.rows)
        return; // the whole warp
    const float before = loadBefore(target, row, tokens);
    float sums[tokensMost] = {};
    for (int64_t g = threadIdx.x % kWarpLanes; g < x.groups; g += kWarpLanes) {
        const int64_t index = groupIndex(target.weight, row, g);
        int codes[8];
        loadHalfCodes<type>(target.weight, index, 0, codes);
        loadHalfCodes<type>(target.weight, index, 1, codes + 4);
        const GroupScales scales = loadScales<type>(target.weight, index);
        for (int t = 0; t < tokensMost; ++t) {
            if (t < tokens) {
                const GroupOfActivations group = loadActivations(x, t * x.groups + g);
                sums[t] = __fmaf_rn(group.scale, dotGroup<type>(codes, scales, group), sums[t]);
            }
        }
    }
    storeSums(target, row, sums, tokens, before);
}

} // namespace

void matvecQuantized(LaunchQueue &queue, DType dtype, ProductTargets targets,
                     const Int8Activations &x, int64_t tokens)
{
    const Grid grid = matvecGrid(targets);
    forQuantizedType(dtype, [&](auto type) {
        forTokens(tokens, [&](auto most) {
            launch("matvecQuantized",
                   matvecQuantizedKernel<decltype(type)::value, decltype(most)::value>, grid, queue,
                   targets, x, static_cast<int>(tokens));
        });
    });
}

} // namespace inferlab::cuda
