// Products of float weights with float32 activations: nothing is rounded but the sums.
#include "matvec.cuh"

#include "dispatch.cuh"
#include "group_codes.cuh"

namespace inferlab::cuda {

namespace {

// A lane takes half a group at a time: 16 weights, 32 bytes of binary16.
template <DType type, int tokensMost>
__global__ void __launch_bounds__(kMatvecThreads)
    matvecFloatKernel(ProductTargets targets, FloatActivations x, int tokens)
{
    const ProductTarget &target = targetOfBlock(targets);
    const int64_t row =
        (int64_t {blockIdx.x} - target.firstBlock) * kMatvecRows + threadIdx.x / kWarpLanes;
    if (row >= target.rows)
        return; // the whole warp
    float sums[tokensMost] = {};
    const int64_t halves = 2 * x.groups;
    for (int64_t h = threadIdx.x % kWarpLanes; h < halves; h += kWarpLanes) {
        float weights[16];
        loadHalfValues<type>(target.weight, groupIndex(target.weight, row, h / 2),
                             static_cast<int>(h % 2), weights);
        for (int t = 0; t < tokensMost; ++t) {
            if (t < tokens) {
                const auto *in = reinterpret_cast<const float4 *>(x.values) + (t * halves + h) * 4;
                for (int i = 0; i < 4; ++i) {
                    const float4 four = in[i];
                    sums[t] = __fmaf_rn(weights[4 * i], four.x, sums[t]);
                    sums[t] = __fmaf_rn(weights[4 * i + 1], four.y, sums[t]);
                    sums[t] = __fmaf_rn(weights[4 * i + 2], four.z, sums[t]);
                    sums[t] = __fmaf_rn(weights[4 * i + 3], four.w, sums[t]);
                }
            }
        }
    }
    storeSums(target, row, sums, tokens);
}

} // namespace

void matvecFloat(cudaStream_t stream, DType dtype, ProductTargets targets,
                 const FloatActivations &x, int64_t tokens)
{
    const Grid grid = matvecGrid(targets);
    const auto launchFor = [&](auto type) {
        forTokens(tokens, [&](auto most) {
            launch("matvecFloat", matvecFloatKernel<decltype(type)::value, decltype(most)::value>,
                   grid, stream, targets, x, static_cast<int>(tokens));
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
