// What this machine can do at best, measured by loops that do nothing else: the limits that kernels
// are compared with.
#pragma once

#include "isa.h"
#include "thread_pool.h"

namespace inferlab {

// Multiplications and additions of 8-bit integers by all threads of the pool, in 10^9/s; a
// multiply-add counts as two. 0 for portable code, which has no instruction of its own for it.
double peakInt8GopPerSecond(Isa isa, ThreadPool &pool, double seconds);

// The same for float32, with fused multiply-adds.
double peakFloatGflopPerSecond(Isa isa, ThreadPool &pool, double seconds);

// Reading of memory beyond all caches by all threads, in 10^9 bytes/s.
double peakReadGbPerSecond(ThreadPool &pool, double seconds);

} // namespace inferlab
