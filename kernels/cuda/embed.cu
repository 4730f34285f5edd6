#include "embed.h"

#include "dispatch.cuh"
#include "group_codes.cuh"
#include "launch.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 128;

// One thread per half group of 16 elements.
template <DType type>
__global__ void embedKernel(WeightPlanes table, const int32_t *ids, MatrixView out)
{
    beginKernel();
    const int64_t halves = 2 * table.groups;
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= out.rows * halves)
        return;
    const int64_t row = index / halves;
    const int64_t half = index % halves;
    float values[16];
    loadHalfValues<type>(table, groupIndex(table, ids[row], half / 2), static_cast<int>(half % 2),
                         values);
    for (int i = 0; i < 16; ++i) {
        const int64_t col = half * 16 + i;
        if (col < out.cols)
            out.row(row)[col] = values[i];
    }
}

template <DType type>
__global__ void dequantizeKernel(WeightPlanes weight, int64_t firstRow, int64_t rows, uint4 *out)
{
    beginKernel();
    const int64_t halves = 2 * weight.groups;
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= rows * halves)
        return;
    const int64_t half = index % halves;
    float values[16];
    loadHalfValues<type>(weight, groupIndex(weight, firstRow + index / halves, half / 2),
                         static_cast<int>(half % 2), values);
    uint32_t words[8];
    for (int i = 0; i < 8; ++i) {
        words[i] = packHalves(withinHalf(values[2 * i]), withinHalf(values[2 * i + 1]));
    }
    out[2 * index] = make_uint4(words[0], words[1], words[2], words[3]);
    out[2 * index + 1] = make_uint4(words[4], words[5], words[6], words[7]);
}

Grid perHalfGroup(int64_t halves)
{
    Grid grid;
    grid.blocks = ceilDivide(halves, kThreads);
    grid.threads = kThreads;
    return grid;
}

} // namespace

void embed(LaunchQueue &queue, DType dtype, const WeightPlanes &table, const int32_t *ids,
           MatrixView out)
{
    forAnyType(dtype, [&](auto type) {
        launch("embed", embedKernel<decltype(type)::value>,
               perHalfGroup(out.rows * 2 * table.groups), queue, table, ids, out);
    });
}

void dequantizeToHalf(LaunchQueue &queue, DType dtype, const WeightPlanes &weight, int64_t firstRow,
                      int64_t rows, uint16_t *out)
{
    forHalfType(dtype, [&](auto type) {
        launch("dequantize", dequantizeKernel<decltype(type)::value>,
               perHalfGroup(rows * 2 * weight.groups), queue, weight, firstRow, rows,
               reinterpret_cast<uint4 *>(out));
    });
}

} // namespace inferlab::cuda
