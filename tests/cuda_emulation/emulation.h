// Runs CUDA kernels on the host: blocks one after the other, the threads of a block as fibers that
// change places where they wait for each other (barriers, shuffles, votes, matrix products) and, in
// seeded orders, in the middle of arithmetic. What this proves and what not: README.md beside this
// file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace inferlab::emulation {

struct Index3
{
    unsigned x = 0;
    unsigned y = 0;
    unsigned z = 0;
};

struct Launch
{
    Index3 grid;
    Index3 block;
    size_t sharedBytes = 0;
    bool overlaps = false;        // may begin while the launch before it ends
    std::function<void()> thread; // what each thread executes
};

// Runs a launch to its end. Throws std::runtime_error for what is wrong on a device too: threads
// that wait for others that never come, warp operations that part of a warp does not reach, writes
// behind the shared memory that was asked for, sizes beyond the hardware's, a thread of a launch
// that overlaps and never waited for the one before.
// next: the launch that follows, if one does. Where it overlaps, its first block runs, as far as it
// can, before this one begins: what it reads too early, or writes, shows. Such a launch has to be
// the next that is run.
void runLaunch(const Launch &launch, const Launch *next = nullptr);

// In which order the threads of a block take turns. 0: by their index, each until it waits. Else
// seeded: warps have shuffled priorities, so that one runs ahead of the others as far as barriers
// let it, and are put last at random moments. Begins as the environment's INFERLAB_EMULATION_SEED.
void setThreadOrder(uint64_t seed);

// The rest is called by threads of a running kernel.
unsigned char *sharedMemory(); // of the block; filled with NaN before the block begins
// Ends the launch with an error where the bytes are not in it, or not aligned to their number.
void requireShared(const unsigned char *from, size_t bytes);
void blockBarrier();
// Until the launch before has ended.
void waitForLaunchBefore();

// Arithmetic calls this: at random moments of seeded orders the thread rests and other warps go on.
extern int64_t callsUntilRest;
void rest();
inline void mayRest()
{
    if (--callsUntilRest <= 0)
        rest();
}

enum class WarpOperation { Barrier, Shuffle, Vote, MatrixProduct, MatrixLoad };

// The words that all 32 lanes brought to a warp operation: [lane][words]. Valid until the calling
// lane's next operation.
constexpr int kMaxExchangeWords = 8;
const uint32_t (*exchange(WarpOperation operation, unsigned mask, const uint32_t *words,
                          int count))[kMaxExchangeWords];
unsigned laneOfThread();

} // namespace inferlab::emulation
