// A driver's library for test_gpu_monitor, with one GPU; FAKE_NVML says what does not work: "init",
// "power" and "violation" (which some cards do not tell), "lost".
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

bool fails(std::string_view what)
{
    const char *text = std::getenv("FAKE_NVML");
    return text != nullptr && what == text;
}

int s_device = 0;
constexpr int kNotSupported = 3;
constexpr int kNotFound = 6;
constexpr int kLost = 15;

} // namespace

extern "C" {

int nvmlInit_v2()
{
    return fails("init") ? kNotSupported : 0;
}
int nvmlShutdown()
{
    return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device)
{
    *device = &s_device;
    return index == 0 ? 0 : kNotFound;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char *busId, void **device)
{
    *device = &s_device;
    return std::strcmp(busId, "0000:65:00.0") == 0 ? 0 : kNotFound;
}
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory)
{
    if (device != &s_device || fails("lost"))
        return kLost;
    memory[0] = 80ull << 30;
    memory[1] = 46ull << 30;
    memory[2] = 34ull << 30;
    return 0;
}
int nvmlDeviceGetUtilizationRates(void *, unsigned *rates)
{
    rates[0] = 97;
    rates[1] = 61;
    return 0;
}
int nvmlDeviceGetPowerUsage(void *, unsigned *milliwatts)
{
    *milliwatts = 412500;
    return fails("power") ? kNotSupported : 0;
}
int nvmlDeviceGetClockInfo(void *, int clock, unsigned *mhz)
{
    *mhz = clock == 1 ? 1980 : 2619;
    return 0;
}
int nvmlDeviceGetTemperature(void *, int, unsigned *celsius)
{
    *celsius = 58;
    return 0;
}
int nvmlDeviceGetViolationStatus(void *, int policy, unsigned long long *times)
{
    times[0] = 0;
    times[1] = policy == 1 ? 5'000'000 : 77;
    return fails("violation") ? kNotSupported : 0;
}
int nvmlSystemGetDriverVersion(char *text, unsigned length)
{
    std::strncpy(text, "570.124.06", length);
    return 0;
}
const char *nvmlErrorString(int result)
{
    return result == kNotFound ? "Not Found" : "Not Supported";
}

} // extern "C"
