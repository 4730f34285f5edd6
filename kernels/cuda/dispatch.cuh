// From a type known at run time to a template's argument.
#pragma once

#include "kernels/api/dtype.h"

#include <stdexcept>
#include <string>
#include <type_traits>

namespace inferlab::cuda {

template <DType type>
using TypeConstant = std::integral_constant<DType, type>;

// Calls body(TypeConstant<dtype>{}) for a type whose codes the kernels read.
template <typename Body>
void forQuantizedType(DType dtype, const Body &body)
{
    switch (dtype) {
    case DType::Q4_0:
        return body(TypeConstant<DType::Q4_0> {});
    case DType::Q4_1:
        return body(TypeConstant<DType::Q4_1> {});
    case DType::Q5_0:
        return body(TypeConstant<DType::Q5_0> {});
    case DType::Q5_1:
        return body(TypeConstant<DType::Q5_1> {});
    case DType::Q8_0:
        return body(TypeConstant<DType::Q8_0> {});
    case DType::Q4_K:
        return body(TypeConstant<DType::Q4_K> {});
    case DType::Q5_K:
        return body(TypeConstant<DType::Q5_K> {});
    case DType::Q6_K:
        return body(TypeConstant<DType::Q6_K> {});
    default:
        throw std::logic_error("no kernel reads " + std::string(dtypeInfo(dtype).name));
    }
}

template <typename Body>
void forHalfType(DType dtype, const Body &body)
{
    if (dtype == DType::F16)
        return body(TypeConstant<DType::F16> {});
    if (dtype == DType::BF16)
        return body(TypeConstant<DType::BF16> {});
    forQuantizedType(dtype, body);
}

template <typename Body>
void forAnyType(DType dtype, const Body &body)
{
    if (dtype == DType::F32)
        return body(TypeConstant<DType::F32> {});
    forHalfType(dtype, body);
}

} // namespace inferlab::cuda
