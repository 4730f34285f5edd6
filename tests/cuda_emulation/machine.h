// One block at a time of one launch: its threads as fibers, the order in which they take turns, and
// where they meet. Two machines let the beginning of a launch run before the launch before it.
#pragma once

#include "emulation.h"
#include "fiber.h"

#include <array>
#include <string>
#include <vector>

namespace inferlab::emulation {

constexpr unsigned kWarpLanes = 32;

// SplitMix64.
uint64_t nextRandom(uint64_t &state);

// What seeds the orders, shared by all machines: a launch's order is the same on each.
struct ThreadOrder
{
    uint64_t seed = 0; // 0: by index
    uint64_t random = 0;

    // Until a thread rests the next time.
    void drawRest();
};

// Where threads meet: a warp's operations, or a block's barrier.
struct Meeting
{
    uint64_t generation = 0;
    unsigned arrived = 0;
    WarpOperation operation = WarpOperation::Barrier;
    uint32_t words[2][kWarpLanes][kMaxExchangeWords] = {}; // by parity of the generation
};

class Machine
{
public:
    explicit Machine(ThreadOrder &order);

    // Runs the first block until all of its threads have ended or wait for the launch before.
    void begin(const Launch &launch);
    // That launch has ended: runs the rest of the block, and all others. After begin() or alone.
    void finish(const Launch &launch);
    bool hasBegun() const { return m_begun; }
    void abandon() { m_begun = false; }

    // Called by the threads that it runs.
    void rest();
    void waitForLaunchBefore();
    void blockBarrier();
    const uint32_t (*exchange(WarpOperation operation, unsigned mask, const uint32_t *words,
                              int count))[kMaxExchangeWords];
    unsigned char *shared() { return m_shared.data(); }
    void requireShared(const unsigned char *from, size_t bytes);
    unsigned lane() const { return m_current % kWarpLanes; }

private:
    struct Thread
    {
        Fiber fiber;
        bool done = false;
        bool waitsForBefore = false; // the launch before
        bool hasWaited = false;      // for it
        const Meeting *waitsAt = nullptr;
        uint64_t waitsFor = 0; // until the meeting has reached this generation
    };

    void startBlock(const Launch &launch);
    void runTurns();
    void endBlock(const Launch &launch);
    bool runInOrder();
    bool runSomeWarp();
    bool runWarp(unsigned warp);
    bool canRun(unsigned index) const;
    void resume(unsigned index);
    template <typename T>
    void shuffle(T &items);
    void threadEnds();
    [[noreturn]] void fail(const std::string &message);
    void waitFor(const Meeting &meeting, uint64_t generation);
    bool allWaitForBefore() const;
    std::string waitingThreads() const;

    ThreadOrder &m_order;
    std::vector<Thread> m_threads;
    std::vector<Meeting> m_warps;
    Meeting m_block;
    std::vector<unsigned char> m_shared;
    std::vector<unsigned> m_priorities; // warps; those at the front go first
    std::array<unsigned, kWarpLanes> m_lanes {};
    const Launch *m_launch = nullptr;
    Index3 m_blockIndex;
    bool m_begun = false;       // the first block waits for the launch before
    bool m_beforeEnded = false; // the launch before
    bool m_rested = false;      // the thread that had the turn gave it up before it had to wait
    unsigned m_current = 0;
    size_t m_sharedBytes = 0; // of the block
    unsigned m_threadCount = 0;
    unsigned m_alive = 0;
    std::string m_failure;
};

} // namespace inferlab::emulation
