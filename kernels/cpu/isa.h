// The instruction sets that the CPU backend has code for, and which of them this machine runs.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace inferlab {

// In rising order: a machine that runs one runs those before it.
enum class Isa {
    Portable, // plain C++
    Avx2,     // AVX2, FMA, F16C
    Avx512,   // F, BW, VL, DQ, VNNI
    Amx,      // tiles of int8 besides
};

// The best that this machine and its operating system run and this build has code for. Asks the
// system for the tile registers of AMX, which Linux gives to programs that want them.
Isa detectIsa() noexcept;

// Every one up to detectIsa(), in rising order: what tests go through.
std::vector<Isa> availableIsas();

// "portable", "avx2", "avx512", "amx".
std::string_view isaName(Isa isa) noexcept;
std::optional<Isa> isaFromName(std::string_view name) noexcept;

// What a person reads: "portable code", "AVX2", "AVX-512 VNNI", "AVX-512 VNNI and AMX".
std::string_view isaTitle(Isa isa) noexcept;

} // namespace inferlab
