// The part of the CUDA runtime's interface that kernels/cuda uses, on the host. Work is queued and
// runs when somebody waits for it, so that what the host changes too early shows.
#pragma once

#include "cuda_builtins.h"
#include "cuda_runtime_api.h"

#include <functional>
#include <memory>
#include <tuple>
#include <utility>

namespace inferlab::emulation {

void enqueue(cudaStream_t stream, std::function<void()> work);
void enqueueLaunch(cudaStream_t stream, std::shared_ptr<const Launch> launch);

inline bool overlaps(const cudaLaunchConfig_t &config)
{
    return config.numAttrs == 1
        && config.attrs->id == cudaLaunchAttributeProgrammaticStreamSerialization
        && config.attrs->val.programmaticStreamSerializationAllowed != 0;
}

// The arguments are copied when the kernel is launched, as the device's runtime does.
template <typename... Parameters, typename... Arguments>
cudaError_t enqueueKernel(const cudaLaunchConfig_t &config, void (*kernel)(Parameters...),
                          Arguments &&...arguments)
{
    const auto parameters = std::make_shared<std::tuple<Parameters...>>(
        static_cast<Parameters>(std::forward<Arguments>(arguments))...);
    auto launch = std::make_shared<Launch>();
    launch->grid = {config.gridDim.x, config.gridDim.y, config.gridDim.z};
    launch->block = {config.blockDim.x, config.blockDim.y, config.blockDim.z};
    launch->sharedBytes = config.dynamicSmemBytes;
    launch->overlaps = overlaps(config);
    launch->thread = [kernel, parameters] { std::apply(kernel, *parameters); };
    const cudaError_t error = checkKernelLaunch(launch->overlaps);
    if (error == cudaSuccess)
        enqueueLaunch(config.stream, std::move(launch));
    return error;
}

} // namespace inferlab::emulation

template <typename... Parameters, typename... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t *config, void (*kernel)(Parameters...),
                               Arguments &&...arguments)
{
    return inferlab::emulation::enqueueKernel(*config, kernel,
                                              std::forward<Arguments>(arguments)...);
}

template <typename Function>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, Function *)
{
    *attributes = {90, inferlab::emulation::targetOfCode()};
    return inferlab::emulation::checkCode();
}

template <typename Function>
cudaError_t cudaFuncSetAttribute(Function *, cudaFuncAttribute, int bytes)
{
    return static_cast<size_t>(bytes) <= inferlab::emulation::mostSharedBytes()
        ? cudaSuccess
        : cudaErrorInvalidValue;
}
