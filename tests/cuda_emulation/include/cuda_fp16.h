// binary16 as CUDA's header names it.
#pragma once

#include "cuda_builtins.h"
#include "kernels/api/half.h"

struct __half
{
    uint16_t bits;
};

inline float __half2float(__half value)
{
    inferlab::emulation::mayRest();
    return inferlab::halfToFloat(value.bits);
}
inline __half __float2half_rn(float value)
{
    inferlab::emulation::mayRest();
    return {inferlab::floatToHalf(value)};
}
inline __half __ushort_as_half(uint16_t bits)
{
    return {bits};
}
inline uint16_t __half_as_ushort(__half value)
{
    return value.bits;
}
