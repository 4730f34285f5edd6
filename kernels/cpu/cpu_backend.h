// The backend for people: vector code for the instruction set of this machine, on all its cores.
#pragma once

#include "isa.h"
#include "kernels/api/backend.h"

#include <memory>

namespace inferlab {

// Throws std::runtime_error when this machine does not run `isa`, std::system_error when a thread
// cannot start.
std::unique_ptr<Backend> makeCpuBackend(int threads, Isa isa = detectIsa());

} // namespace inferlab
