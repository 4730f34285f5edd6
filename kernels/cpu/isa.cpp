// Asks the CPU and the operating system what they run.
#include "isa.h"

#include <array>

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace inferlab {

namespace {

struct IsaEntry
{
    Isa isa;
    std::string_view name;
    std::string_view title;
};

constexpr std::array<IsaEntry, 4> kIsas {{
    {Isa::Portable, "portable", "portable code"},
    {Isa::Avx2, "avx2", "AVX2"},
    {Isa::Avx512, "avx512", "AVX-512 VNNI"},
    {Isa::Amx, "amx", "AVX-512 VNNI and AMX"},
}};

#if defined(__x86_64__)

// Whether the processor multiplies tiles of int8 and the system lets this process do so. Asked by
// number, since GCC 12 has no names for these.
bool hasTiles() noexcept
{
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0)
        return false;
    constexpr unsigned kAmxTile = 1u << 24; // Intel SDM, CPUID leaf 7, EDX
    constexpr unsigned kAmxInt8 = 1u << 25;
    if ((edx & kAmxTile) == 0 || (edx & kAmxInt8) == 0)
        return false;
#if defined(__linux__)
    constexpr long kRequestPermission = 0x1023; // ARCH_REQ_XCOMP_PERM of asm/prctl.h
    constexpr long kTileData = 18;              // the state component that holds the tiles
    return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
    return false;
#endif
}

#endif

} // namespace

Isa detectIsa() noexcept
{
#if defined(__x86_64__)
    // The builtins also ask whether the operating system saves the wide registers.
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("f16c");
    if (!avx2)
        return Isa::Portable;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vnni");
    if (!avx512)
        return Isa::Avx2;
    return hasTiles() ? Isa::Amx : Isa::Avx512;
#else
    return Isa::Portable;
#endif
}

std::vector<Isa> availableIsas()
{
    std::vector<Isa> isas;
    for (const IsaEntry &entry : kIsas) {
        if (entry.isa <= detectIsa())
            isas.push_back(entry.isa);
    }
    return isas;
}

std::string_view isaName(Isa isa) noexcept
{
    return kIsas[static_cast<size_t>(isa)].name;
}

std::optional<Isa> isaFromName(std::string_view name) noexcept
{
    for (const IsaEntry &entry : kIsas) {
        if (entry.name == name)
            return entry.isa;
    }
    return std::nullopt;
}

std::string_view isaTitle(Isa isa) noexcept
{
    return kIsas[static_cast<size_t>(isa)].title;
}

} // namespace inferlab
