// What this machine can do at best, measured by loops that do nothing else: the limits that kernels
// are compared with.
#pragma once

#include "isa.h"
#include "kernels/api/backend.h"
#include "kernels/api/read_rate.h"
#include "thread_pool.h"

#include <vector>

namespace inferlab {

// Multiplications and additions of 8-bit integers by all threads of the pool, in 10^9/s; a
// multiply-add counts as two. 0 for portable code, which has no instruction of its own for it.
double peakInt8GopPerSecond(Isa isa, ThreadPool &pool, double seconds);

// The same for float32, with fused multiply-adds.
double peakFloatGflopPerSecond(Isa isa, ThreadPool &pool, double seconds);

// Reading of 16 MiB over and over by all threads, of twice as much, and so on; the last is what no
// cache holds. Told to stop it soon ends, with figures that mean nothing.
std::vector<ReadRate> readRates(ThreadPool &pool, const StopCheck &stop = {});

} // namespace inferlab
