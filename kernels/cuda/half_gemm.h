// Products of binary16 matrices by the vendor's library, cuBLAS. It is loaded when the first device
// opens: without it the module's own kernels serve alone.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>
#include <string>

namespace inferlab::cuda {

class HalfGemm
{
public:
    virtual ~HalfGemm() = default;
    // y[token][row] = weight[row] . x[token], summed in float32. weight: [rows][cols] packed;
    // x: [tokens][cols] packed; stride: floats between tokens of y.
    virtual void multiply(const uint16_t *weight, int64_t rows, const uint16_t *x, int64_t tokens,
                          int64_t cols, float *y, int64_t stride) = 0;
};

// Null with the reason in words where the library is not there or does not start.
std::unique_ptr<HalfGemm> openHalfGemm(cudaStream_t stream, std::string &reason);

} // namespace inferlab::cuda
