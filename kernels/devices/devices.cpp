// Knows every backend of this build, and nothing else does.
#include "kernels/api/devices.h"

#include "cuda_module.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/machine_peaks.h"
#include "kernels/host/usable_cores.h"
#include "kernels/reference/reference_backend.h"

#include <stdexcept>
#include <string>

namespace inferlab {

namespace {

// The best for an empty name.
Isa isaNamed(std::string_view instructionSet)
{
    if (instructionSet.empty())
        return detectIsa();
    const std::optional<Isa> isa = isaFromName(instructionSet);
    if (!isa) {
        throw std::runtime_error("unknown instruction set \"" + std::string(instructionSet)
                                 + "\": portable, avx2, avx512 and amx are known");
    }
    return *isa;
}

} // namespace

std::vector<DeviceInfo> listDevices()
{
    return {makeCpuBackend(1)->device(), makeReferenceBackend(1)->device(), findCudaDevice()};
}

int defaultThreads()
{
    return usableCores();
}

std::vector<std::string> cpuInstructionSets()
{
    std::vector<std::string> names;
    for (Isa isa : availableIsas())
        names.emplace_back(isaName(isa));
    return names;
}

CpuPeaks measureCpuPeaks(int threads, std::string_view instructionSet, double peakSeconds,
                         const StopCheck &stop)
{
    constexpr double kGiga = 1e9;
    const Isa isa = isaNamed(instructionSet);
    ThreadPool pool(threads);
    CpuPeaks peaks;
    peaks.rereads = readRates(pool, stop);
    peaks.int8PerSecond = kGiga * peakInt8GopPerSecond(isa, pool, peakSeconds);
    peaks.floatPerSecond = kGiga * peakFloatGflopPerSecond(isa, pool, peakSeconds);
    return peaks;
}

std::unique_ptr<Backend> openBackend(std::string_view kind, int threads,
                                     std::string_view instructionSet)
{
    if (kind == "cpu")
        return makeCpuBackend(threads, isaNamed(instructionSet));
    if (!instructionSet.empty())
        throw std::runtime_error("an instruction set can be chosen for the device cpu only");
    if (kind == "reference")
        return makeReferenceBackend(threads);
    if (kind == "cuda")
        return openCudaBackend();
    throw std::runtime_error("unknown device \"" + std::string(kind)
                             + "\": cpu, reference and cuda are known");
}

} // namespace inferlab
