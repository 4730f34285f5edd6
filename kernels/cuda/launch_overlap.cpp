#include "launch_overlap.h"

#include "device_code.h"

#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace inferlab::cuda {

namespace {

bool isSwitchedOff()
{
    const char *text = std::getenv("INFERLAB_CUDA_OVERLAP");
    if (text == nullptr || std::string_view(text) == "on")
        return false;
    if (std::string_view(text) == "off")
        return true;
    throw std::runtime_error("INFERLAB_CUDA_OVERLAP: on or off was expected, found \""
                             + std::string(text) + "\"");
}

} // namespace

LaunchOverlap findLaunchOverlap(int computeMajor, cudaStream_t stream)
{
    constexpr int kLeastMajor = 9;
    constexpr int kLeastDriver = 12030; // the first that records such launches in graphs
    LaunchOverlap overlap;
    int driver = 0;
    cudaDriverGetVersion(&driver);
    // Code that a driver makes of an older target's PTX does not wait.
    if (isSwitchedOff() || computeMajor < kLeastMajor || driver < kLeastDriver || !codeWaits())
        return overlap;
    const cudaError_t error = tryOverlap(stream);
    overlap.works = error == cudaSuccess;
    if (!overlap.works)
        overlap.note = std::string("kernels do not overlap: ") + cudaGetErrorString(error) + " ("
            + cudaGetErrorName(error) + ")";
    return overlap;
}

} // namespace inferlab::cuda
