// The CUDA runtime on the host. One queue holds the work of all streams in the order in which it
// was given: one of the orders that a device may choose. It runs when somebody waits. The
// environment makes it fail: INFERLAB_EMULATED_DEVICE (no-driver, old-driver, none;
// old-card: of compute capability 7.0; turing: of 7.5; no-code: the driver takes no code; full: it
// has no memory to start with; no-overlap: it refuses kernels that overlap;
// old-code: its code is made of PTX for 8.0),
// INFERLAB_EMULATED_MEMORY (bytes of device memory), INFERLAB_EMULATED_SHARED (bytes of shared
// memory that a block may ask for), INFERLAB_EMULATED_LOSS (launches until the device is lost),
// INFERLAB_EMULATED_FULL (launches until one finds no memory, once), INFERLAB_EMULATED_REFUSED
// (launches until one is refused, once, as wrongly asked for), INFERLAB_EMULATED_EVENTS (how many
// there may be at once). Launches count from when their variable was set.
#include "include/cuda_runtime.h"

#include "device_memory.h"
#include "emulated_work.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace inferlab::emulation {

uint64_t numberFromEnvironment(const char *name, uint64_t otherwise)
{
    const char *text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

namespace {

constexpr size_t kMemoryBytes = size_t {1} << 31;
constexpr size_t kSharedBytes = size_t {227} * 1024; // as on compute capability 9.0

bool deviceIs(std::string_view state)
{
    const char *text = std::getenv("INFERLAB_EMULATED_DEVICE");
    return text != nullptr && state == text;
}

// Launches that still work, as a variable of the environment says.
class Countdown
{
public:
    explicit Countdown(const char *name)
        : m_name(name)
    { }
    // Counts a launch. True for the one that comes behind those, once for each time that the
    // variable is set.
    bool passes()
    {
        const char *text = std::getenv(m_name);
        if (text == nullptr) {
            m_done = 0;
            return false;
        }
        return m_done++ == std::strtoull(text, nullptr, 10);
    }

private:
    const char *m_name;
    uint64_t m_done = 0;
};

class Runtime
{
public:
    Runtime()
        : memory(numberFromEnvironment("INFERLAB_EMULATED_MEMORY", kMemoryBytes))
    { }

    void enqueue(cudaStream_t stream, Work work)
    {
        if (stream != nullptr && stream->capture != nullptr)
            stream->capture->nodes.push_back(std::move(work));
        else
            m_queue.push_back(std::move(work));
    }
    cudaError_t drain()
    {
        if (m_lost)
            return cudaErrorUnknown;
        memory.open();
        try {
            while (!m_queue.empty()) {
                const Work work = std::move(m_queue.front());
                m_queue.pop_front();
                if (!work.kernel)
                    work.other();
                else
                    runLaunch(*work.kernel,
                              m_queue.empty() ? nullptr : m_queue.front().kernel.get());
            }
        } catch (...) {
            m_queue.clear();
            memory.close();
            throw;
        }
        memory.close();
        return cudaSuccess;
    }
    cudaError_t countLaunch()
    {
        if (m_untilLoss.passes())
            m_lost = true;
        if (m_untilFull.passes() && !m_lost)
            return cudaErrorMemoryAllocation;
        if (m_untilRefused.passes() && !m_lost)
            return cudaErrorInvalidValue;
        return state();
    }
    cudaError_t state() const { return m_lost ? cudaErrorUnknown : cudaSuccess; }

    DeviceMemory memory;

private:
    std::deque<Work> m_queue;
    Countdown m_untilLoss {"INFERLAB_EMULATED_LOSS"};
    Countdown m_untilFull {"INFERLAB_EMULATED_FULL"};
    Countdown m_untilRefused {"INFERLAB_EMULATED_REFUSED"};
    bool m_lost = false;
};

Runtime &runtime()
{
    static Runtime instance;
    return instance;
}

} // namespace

void enqueue(cudaStream_t stream, std::function<void()> work)
{
    runtime().enqueue(stream, {nullptr, std::move(work)});
}

void enqueueLaunch(cudaStream_t stream, std::shared_ptr<const Launch> launch)
{
    runtime().enqueue(stream, {std::move(launch), nullptr});
}

void enqueueWork(cudaStream_t stream, const Work &work)
{
    runtime().enqueue(stream, work);
}

cudaError_t finishWork()
{
    return runtime().drain();
}

cudaError_t deviceState()
{
    return runtime().state();
}

size_t mostSharedBytes()
{
    return numberFromEnvironment("INFERLAB_EMULATED_SHARED", kSharedBytes);
}

cudaError_t checkKernelLaunch(bool overlaps)
{
    if (overlaps && deviceIs("no-overlap"))
        return cudaErrorInvalidValue;
    return runtime().countLaunch();
}

int targetOfCode()
{
    return deviceIs("old-code") ? 80 : 90;
}

cudaError_t checkCode()
{
    if (deviceIs("no-code"))
        return cudaErrorNoKernelImageForDevice;
    return deviceIs("full") ? cudaErrorMemoryAllocation : runtime().state();
}

} // namespace inferlab::emulation

using inferlab::emulation::runtime;

cudaError_t cudaDriverGetVersion(int *version)
{
    *version = inferlab::emulation::deviceIs("no-driver") ? 0
        : inferlab::emulation::deviceIs("old-driver")     ? 10020
                                                          : 13000;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    *version = 13000;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = 0;
    if (inferlab::emulation::deviceIs("no-driver") || inferlab::emulation::deviceIs("old-driver"))
        return cudaErrorInsufficientDriver;
    if (inferlab::emulation::deviceIs("none"))
        return cudaErrorNoDevice;
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int)
{
    *properties = {};
    std::strcpy(properties->name, "emulated device");
    properties->totalGlobalMem = runtime().memory.totalBytes();
    properties->sharedMemPerBlockOptin = inferlab::emulation::mostSharedBytes();
    const bool isTuring = inferlab::emulation::deviceIs("turing");
    const bool isOld = isTuring || inferlab::emulation::deviceIs("old-card");
    properties->major = isOld ? 7 : 9;
    properties->minor = isTuring ? 5 : 0;
    properties->multiProcessorCount = 4;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char *busId, int length, int)
{
    std::snprintf(busId, static_cast<size_t>(length), "0000:65:00.0");
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t *freeBytes, size_t *totalBytes)
{
    *freeBytes = runtime().memory.freeBytes();
    *totalBytes = runtime().memory.totalBytes();
    return runtime().state();
}

cudaError_t cudaGetLastError()
{
    return runtime().state();
}

const char *cudaGetErrorName(cudaError_t error)
{
    switch (error) {
    case cudaSuccess:
        return "cudaSuccess";
    case cudaErrorMemoryAllocation:
        return "cudaErrorMemoryAllocation";
    case cudaErrorInsufficientDriver:
        return "cudaErrorInsufficientDriver";
    case cudaErrorNoDevice:
        return "cudaErrorNoDevice";
    case cudaErrorNoKernelImageForDevice:
        return "cudaErrorNoKernelImageForDevice";
    case cudaErrorUnknown:
        return "cudaErrorUnknown";
    default:
        return "cudaErrorInvalidValue";
    }
}

const char *cudaGetErrorString(cudaError_t error)
{
    switch (error) {
    case cudaErrorUnknown:
        return "unknown error";
    case cudaErrorInvalidValue:
        return "invalid argument";
    case cudaErrorNoKernelImageForDevice:
        return "no kernel image is available for execution on the device";
    default:
        return cudaGetErrorName(error);
    }
}

cudaError_t cudaMalloc(void **pointer, size_t bytes)
{
    if (runtime().state() != cudaSuccess)
        return runtime().state();
    *pointer = runtime().memory.allocate(bytes);
    return *pointer != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFree(void *pointer)
{
    if (pointer == nullptr)
        return cudaSuccess;
    const cudaError_t drained = runtime().drain(); // it waits for the device
    const bool known = runtime().memory.release(pointer);
    return known ? drained : cudaErrorInvalidValue;
}

cudaError_t cudaMallocHost(void **pointer, size_t bytes)
{
    *pointer = std::malloc(bytes);
    return *pointer != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFreeHost(void *pointer)
{
    std::free(pointer);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind,
                            cudaStream_t stream)
{
    inferlab::emulation::enqueue(stream, [=] { std::memmove(to, from, bytes); });
    return runtime().state();
}

cudaError_t cudaMemsetAsync(void *pointer, int value, size_t bytes, cudaStream_t stream)
{
    inferlab::emulation::enqueue(stream, [=] { std::memset(pointer, value, bytes); });
    return runtime().state();
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned)
{
    *stream = new CUstream_st;
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    const cudaError_t drained = runtime().drain();
    delete stream;
    return drained;
}

cudaError_t cudaStreamSynchronize(cudaStream_t)
{
    return runtime().drain();
}
