// Asks the CPU and the operating system what they run.
#include "isa.h"

#include <array>

namespace inferlab {

namespace {

struct IsaEntry
{
    Isa isa;
    std::string_view name;
    std::string_view title;
};

constexpr std::array<IsaEntry, 3> kIsas {{
    {Isa::Portable, "portable", "portable code"},
    {Isa::Avx2, "avx2", "AVX2"},
    {Isa::Avx512, "avx512", "AVX-512 VNNI"},
}};

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
    return avx512 ? Isa::Avx512 : Isa::Avx2;
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
