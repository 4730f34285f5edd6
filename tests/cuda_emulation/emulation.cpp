#include "emulation.h"

#include "cuda_builtins.h"
#include "fiber.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

// As CUDA declares them: each thread's place. Set whenever a fiber takes its turn.
uint3 threadIdx;
uint3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace inferlab::emulation {

int64_t callsUntilRest = std::numeric_limits<int64_t>::max();

namespace {

constexpr unsigned kWarpLanes = 32;
constexpr unsigned kMostThreads = 1024;
constexpr size_t kMostSharedBytes = size_t {227} * 1024; // of one block, compute capability 9.0
constexpr size_t kGuardBytes = 1024;
constexpr unsigned char kGuardByte = 0xa5;
constexpr unsigned char kNanByte = 0xff; // words of it are NaN as float, half and bfloat16
// Every so many turns the warp that had one is put last: seldom enough that it gets several
// meetings ahead of the others before.
constexpr uint64_t kTurnsUntilLast = 16;
// Rests lie up to 2^12 calls apart, mostly far less: short kernels get some, and long ones are not
// slowed down.
constexpr uint64_t kRestPowers = 13;

uint64_t seedFromEnvironment()
{
    const char *text = std::getenv("INFERLAB_EMULATION_SEED");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 0;
}

// SplitMix64.
uint64_t nextRandom(uint64_t &state)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// Where threads meet: a warp's operations, or a block's barrier.
struct Meeting
{
    uint64_t generation = 0;
    unsigned arrived = 0;
    WarpOperation operation = WarpOperation::Barrier;
    uint32_t words[2][kWarpLanes][kMaxExchangeWords] = {}; // by parity of the generation
};

struct Thread
{
    Fiber fiber;
    bool done = false;
    const Meeting *waitsAt = nullptr;
    uint64_t waitsFor = 0; // until the meeting has reached this generation
};

class Machine
{
public:
    Machine()
        : m_threads(kMostThreads)
        , m_warps(kMostThreads / kWarpLanes)
        , m_shared(kMostSharedBytes + kGuardBytes)
    {
        setSeed(seedFromEnvironment());
    }

    void run(const Launch &launch);
    void setSeed(uint64_t seed)
    {
        m_seed = seed;
        m_random = seed;
        drawRest();
    }
    void rest();
    unsigned char *shared() { return m_shared.data(); }
    void requireShared(const unsigned char *from, size_t bytes);
    unsigned lane() const { return m_current % kWarpLanes; }
    void blockBarrier();
    const uint32_t (*exchange(WarpOperation operation, unsigned mask, const uint32_t *words,
                              int count))[kMaxExchangeWords];

private:
    void checkLimits(const Launch &launch) const;
    void runBlock(const Launch &launch);
    bool runInOrder();
    bool runSomeWarp();
    bool runWarp(unsigned warp);
    bool canRun(unsigned index) const;
    void resume(unsigned index);
    void drawRest();
    template <typename T>
    void shuffle(T &items);
    void threadEnds();
    [[noreturn]] void fail(const std::string &message);
    void waitFor(const Meeting &meeting, uint64_t generation);
    std::string waitingThreads() const;

    std::vector<Thread> m_threads;
    std::vector<Meeting> m_warps;
    Meeting m_block;
    std::vector<unsigned char> m_shared;
    std::vector<unsigned> m_priorities; // warps; those at the front go first
    std::array<unsigned, kWarpLanes> m_lanes {};
    uint64_t m_seed = 0;
    uint64_t m_random = 0;
    bool m_runs = false;   // a block
    bool m_rested = false; // the thread that had the turn gave it up before it had to wait
    unsigned m_current = 0;
    size_t m_sharedBytes = 0; // of the block
    unsigned m_threadCount = 0;
    unsigned m_alive = 0;
    std::string m_failure;
};

void Machine::checkLimits(const Launch &launch) const
{
    const unsigned threads = launch.block.x * launch.block.y * launch.block.z;
    if (threads == 0 || threads > kMostThreads || threads % kWarpLanes != 0)
        throw std::runtime_error("a block of " + std::to_string(threads)
                                 + " threads: whole warps up to 1024 were expected");
    if (launch.grid.x == 0 || launch.grid.y == 0 || launch.grid.z == 0 || launch.grid.y > 65535
        || launch.grid.z > 65535 || launch.grid.x > 0x7fffffffu)
        throw std::runtime_error("a grid of " + std::to_string(launch.grid.x) + " x "
                                 + std::to_string(launch.grid.y) + " x "
                                 + std::to_string(launch.grid.z) + " blocks");
    if (launch.sharedBytes > kMostSharedBytes)
        throw std::runtime_error("a block asks for " + std::to_string(launch.sharedBytes)
                                 + " bytes of shared memory");
}

void Machine::run(const Launch &launch)
{
    checkLimits(launch);
    gridDim = {launch.grid.x, launch.grid.y, launch.grid.z};
    blockDim = {launch.block.x, launch.block.y, launch.block.z};
    for (unsigned z = 0; z < launch.grid.z; ++z) {
        for (unsigned y = 0; y < launch.grid.y; ++y) {
            for (unsigned x = 0; x < launch.grid.x; ++x) {
                blockIdx = {x, y, z};
                runBlock(launch);
            }
        }
    }
}

void Machine::runBlock(const Launch &launch)
{
    m_alive = launch.block.x * launch.block.y * launch.block.z;
    m_failure.clear();
    m_block = {};
    for (unsigned warp = 0; warp < m_alive / kWarpLanes; ++warp)
        m_warps[warp] = {};
    m_sharedBytes = launch.sharedBytes;
    std::memset(m_shared.data(), kNanByte, launch.sharedBytes);
    std::memset(m_shared.data() + launch.sharedBytes, kGuardByte, kGuardBytes);
    for (unsigned i = 0; i < m_alive; ++i) {
        m_threads[i].done = false;
        m_threads[i].waitsAt = nullptr;
        m_threads[i].fiber.start([this, &launch] {
            launch.thread();
            threadEnds();
        });
    }
    m_threadCount = m_alive;
    m_runs = true;
    const struct Ends
    {
        bool &runs;
        ~Ends() { runs = false; }
    } ends {m_runs};
    m_priorities.resize(m_alive / kWarpLanes);
    std::iota(m_priorities.begin(), m_priorities.end(), 0u);
    if (m_seed != 0)
        shuffle(m_priorities);
    while (m_alive > 0) {
        const bool any = m_seed == 0 ? runInOrder() : runSomeWarp();
        if (!any && m_failure.empty())
            m_failure = "threads wait for others that never come: " + waitingThreads();
        if (!m_failure.empty())
            throw std::runtime_error(m_failure);
    }
    const unsigned char *guard = m_shared.data() + launch.sharedBytes;
    if (std::any_of(guard, guard + kGuardBytes, [](unsigned char b) { return b != kGuardByte; }))
        throw std::runtime_error("a block wrote behind its " + std::to_string(launch.sharedBytes)
                                 + " bytes of shared memory");
}

bool Machine::canRun(unsigned index) const
{
    const Thread &thread = m_threads[index];
    return !thread.done
        && (thread.waitsAt == nullptr || thread.waitsAt->generation >= thread.waitsFor);
}

// Gives every thread that can go on one turn. False where none could.
bool Machine::runInOrder()
{
    bool any = false;
    for (unsigned index = 0; index < m_threadCount && m_failure.empty(); ++index) {
        if (!canRun(index))
            continue;
        resume(index);
        any = true;
    }
    return any;
}

// Gives a turn to the first warp of the priorities that can go on. False where none could. After
// Burckhardt and others, "A randomized scheduler with probabilistic guarantees of finding bugs",
// ASPLOS 2010: strict priorities that change at few random moments reach the orders in which one
// warp is far ahead of another, which orders drawn anew at each turn hardly ever do.
bool Machine::runSomeWarp()
{
    for (auto warp = m_priorities.begin(); warp != m_priorities.end(); ++warp) {
        if (!runWarp(*warp))
            continue;
        if (m_rested || nextRandom(m_random) % kTurnsUntilLast == 0)
            std::rotate(warp, warp + 1, m_priorities.end());
        return true;
    }
    return false;
}

// Its lanes one after the other, in an order of this turn, until one rests.
bool Machine::runWarp(unsigned warp)
{
    bool any = false;
    m_rested = false;
    std::iota(m_lanes.begin(), m_lanes.end(), warp * kWarpLanes);
    shuffle(m_lanes);
    for (const unsigned index : m_lanes) {
        if (!canRun(index))
            continue;
        resume(index);
        any = true;
        if (m_rested || !m_failure.empty())
            break;
    }
    return any;
}

template <typename T>
void Machine::shuffle(T &items)
{
    for (size_t i = items.size() - 1; i > 0; --i)
        std::swap(items[i], items[nextRandom(m_random) % (i + 1)]);
}

void Machine::rest()
{
    drawRest();
    if (m_seed == 0 || !m_runs) // the host calls the same arithmetic
        return;
    m_rested = true;
    m_threads[m_current].fiber.yield();
}

void Machine::drawRest()
{
    callsUntilRest = std::numeric_limits<int64_t>::max();
    if (m_seed != 0) {
        const uint64_t most = uint64_t {1} << nextRandom(m_random) % kRestPowers;
        callsUntilRest = static_cast<int64_t>(1 + nextRandom(m_random) % most);
    }
}

void Machine::resume(unsigned index)
{
    m_current = index;
    threadIdx = {index % blockDim.x, index / blockDim.x % blockDim.y,
                 index / blockDim.x / blockDim.y};
    m_threads[index].waitsAt = nullptr;
    m_threads[index].fiber.resume();
}

// A thread that has ended counts as one that has arrived at the block's barriers.
void Machine::threadEnds()
{
    m_threads[m_current].done = true;
    --m_alive;
    if (m_alive > 0 && m_block.arrived == m_alive) {
        m_block.arrived = 0;
        ++m_block.generation;
    }
}

void Machine::fail(const std::string &message)
{
    m_failure = message + " (block " + std::to_string(blockIdx.x) + ", "
        + std::to_string(blockIdx.y) + ", " + std::to_string(blockIdx.z) + ", thread "
        + std::to_string(m_current) + ")";
    for (;;)
        m_threads[m_current].fiber.yield(); // never resumed: the launch ends with the failure
}

void Machine::requireShared(const unsigned char *from, size_t bytes)
{
    if (from < m_shared.data() || from + bytes > m_shared.data() + m_sharedBytes)
        fail("shared memory was expected, found an address outside");
    if (reinterpret_cast<uintptr_t>(from) % bytes != 0)
        fail("an address that is a multiple of " + std::to_string(bytes) + " was expected");
}

void Machine::waitFor(const Meeting &meeting, uint64_t generation)
{
    Thread &thread = m_threads[m_current];
    thread.waitsAt = &meeting;
    thread.waitsFor = generation;
    thread.fiber.yield();
}

void Machine::blockBarrier()
{
    if (++m_block.arrived == m_alive) {
        m_block.arrived = 0;
        ++m_block.generation;
    } else {
        waitFor(m_block, m_block.generation + 1);
    }
}

const uint32_t (*Machine::exchange(WarpOperation operation, unsigned mask, const uint32_t *words,
                                   int count))[kMaxExchangeWords]
{
    if (mask != 0xffffffffu)
        fail("a warp operation of some lanes only: this emulation knows whole warps");
    Meeting &warp = m_warps[m_current / kWarpLanes];
    const unsigned bit = 1u << lane();
    if (warp.arrived != 0 && warp.operation != operation)
        fail("lanes of one warp meet at different operations");
    const uint64_t generation = warp.generation;
    auto *slots = warp.words[generation % 2];
    std::copy(words, words + count, slots[lane()]);
    warp.operation = operation;
    warp.arrived |= bit;
    if (warp.arrived == mask) {
        warp.arrived = 0;
        ++warp.generation;
    } else {
        waitFor(warp, generation + 1);
    }
    return slots;
}

std::string Machine::waitingThreads() const
{
    std::string text;
    int listed = 0;
    for (size_t i = 0; i < m_threadCount && listed < 8; ++i) {
        if (m_threads[i].done)
            continue;
        text += (listed++ > 0 ? ", " : "") + std::to_string(i)
            + (m_threads[i].waitsAt == &m_block ? " (block barrier)" : " (warp operation)");
    }
    return text;
}

// One machine for all launches of the process: the CUDA built-in variables are global, too.
Machine &machine()
{
    static Machine instance;
    return instance;
}

} // namespace

void runLaunch(const Launch &launch)
{
    machine().run(launch);
}

void setThreadOrder(uint64_t seed)
{
    machine().setSeed(seed);
}

unsigned char *sharedMemory()
{
    return machine().shared();
}

void requireShared(const unsigned char *from, size_t bytes)
{
    machine().requireShared(from, bytes);
}

void blockBarrier()
{
    machine().blockBarrier();
}

void rest()
{
    machine().rest();
}

const uint32_t (*exchange(WarpOperation operation, unsigned mask, const uint32_t *words,
                          int count))[kMaxExchangeWords]
{
    return machine().exchange(operation, mask, words, count);
}

unsigned laneOfThread()
{
    return machine().lane();
}

} // namespace inferlab::emulation
