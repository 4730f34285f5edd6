// Several weights of one type that meet the same activations in one launch: query, key and value;
// gate and up.
#pragma once

#include "weight_format.h"

#include <cstdint>

namespace inferlab::cuda {

constexpr int kMostTargets = 4;

// y[token][row] for the rows of one weight.
struct ProductTarget
{
    WeightPlanes weight;
    float *y = nullptr;
    int64_t stride = 0;       // floats between tokens
    bool accumulate = false;  // added to y
    float *product = nullptr; // as cuBLAS leaves it: in y, or elsewhere where it is added to y
    int64_t productStride = 0;
    const float *bias = nullptr; // [rows] or null
    int64_t rows = 0;
    int64_t firstBlock = 0; // of the launch's blocks along x that are this weight's
};

struct ProductTargets
{
    ProductTarget target[kMostTargets];
    int count = 0;

    // Shares out blocks of `rowsPerBlock` rows; returns their number.
    int64_t assignBlocks(int64_t rowsPerBlock) noexcept
    {
        int64_t blocks = 0;
        for (int i = 0; i < count; ++i) {
            target[i].firstBlock = blocks;
            blocks += (target[i].rows + rowsPerBlock - 1) / rowsPerBlock;
        }
        return blocks;
    }
};

} // namespace inferlab::cuda
