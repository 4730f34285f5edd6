#include "machine.h"

#include "cuda_builtins.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace inferlab::emulation {

namespace {

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

void checkLimits(const Launch &launch)
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

} // namespace

uint64_t nextRandom(uint64_t &state)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void ThreadOrder::drawRest()
{
    callsUntilRest = std::numeric_limits<int64_t>::max();
    if (seed != 0) {
        const uint64_t most = uint64_t {1} << nextRandom(random) % kRestPowers;
        callsUntilRest = static_cast<int64_t>(1 + nextRandom(random) % most);
    }
}

Machine::Machine(ThreadOrder &order)
    : m_order(order)
    , m_threads(kMostThreads)
    , m_warps(kMostThreads / kWarpLanes)
    , m_shared(kMostSharedBytes + kGuardBytes)
{ }

void Machine::begin(const Launch &launch)
{
    checkLimits(launch);
    m_begun = true;
    m_beforeEnded = false;
    m_blockIndex = {};
    startBlock(launch);
    runTurns();
}

void Machine::finish(const Launch &launch)
{
    checkLimits(launch);
    m_beforeEnded = true;
    for (unsigned z = 0; z < launch.grid.z; ++z) {
        for (unsigned y = 0; y < launch.grid.y; ++y) {
            for (unsigned x = 0; x < launch.grid.x; ++x) {
                if (!std::exchange(m_begun, false)) {
                    m_blockIndex = {x, y, z};
                    startBlock(launch);
                }
                m_launch = &launch;
                runTurns();
                endBlock(launch);
            }
        }
    }
}

void Machine::startBlock(const Launch &launch)
{
    m_launch = &launch;
    m_alive = launch.block.x * launch.block.y * launch.block.z;
    m_failure.clear();
    m_block = {};
    for (unsigned warp = 0; warp < m_alive / kWarpLanes; ++warp)
        m_warps[warp] = {};
    m_sharedBytes = launch.sharedBytes;
    std::memset(m_shared.data(), kNanByte, launch.sharedBytes);
    std::memset(m_shared.data() + launch.sharedBytes, kGuardByte, kGuardBytes);
    for (unsigned i = 0; i < m_alive; ++i) {
        Thread &thread = m_threads[i];
        thread.done = thread.waitsForBefore = thread.hasWaited = false;
        thread.waitsAt = nullptr;
        thread.fiber.start([this] {
            m_launch->thread();
            threadEnds();
        });
    }
    m_threadCount = m_alive;
    m_priorities.resize(m_alive / kWarpLanes);
    std::iota(m_priorities.begin(), m_priorities.end(), 0u);
    if (m_order.seed != 0)
        shuffle(m_priorities);
}

// Until all threads have ended, or wait for a launch that has not.
void Machine::runTurns()
{
    while (m_alive > 0) {
        const bool any = m_order.seed == 0 ? runInOrder() : runSomeWarp();
        if (!any && !m_beforeEnded && allWaitForBefore())
            return;
        if (!any && m_failure.empty())
            m_failure = "threads wait for others that never come: " + waitingThreads();
        if (!m_failure.empty())
            throw std::runtime_error(m_failure);
    }
}

void Machine::endBlock(const Launch &launch)
{
    const unsigned char *guard = m_shared.data() + launch.sharedBytes;
    if (std::any_of(guard, guard + kGuardBytes, [](unsigned char b) { return b != kGuardByte; }))
        throw std::runtime_error("a block wrote behind its " + std::to_string(launch.sharedBytes)
                                 + " bytes of shared memory");
}

bool Machine::canRun(unsigned index) const
{
    const Thread &thread = m_threads[index];
    return !thread.done && (!thread.waitsForBefore || m_beforeEnded)
        && (thread.waitsAt == nullptr || thread.waitsAt->generation >= thread.waitsFor);
}

bool Machine::allWaitForBefore() const
{
    return std::all_of(m_threads.begin(), m_threads.begin() + m_threadCount,
                       [](const Thread &thread) { return thread.done || thread.waitsForBefore; });
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
        if (m_rested || nextRandom(m_order.random) % kTurnsUntilLast == 0)
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
        std::swap(items[i], items[nextRandom(m_order.random) % (i + 1)]);
}

void Machine::rest()
{
    m_rested = true;
    m_threads[m_current].fiber.yield();
}

void Machine::resume(unsigned index)
{
    m_current = index;
    gridDim = {m_launch->grid.x, m_launch->grid.y, m_launch->grid.z};
    blockDim = {m_launch->block.x, m_launch->block.y, m_launch->block.z};
    blockIdx = {m_blockIndex.x, m_blockIndex.y, m_blockIndex.z};
    threadIdx = {index % blockDim.x, index / blockDim.x % blockDim.y,
                 index / blockDim.x / blockDim.y};
    Thread &thread = m_threads[index];
    thread.waitsAt = nullptr;
    thread.waitsForBefore = false;
    thread.fiber.resume();
}

// A thread that has ended counts as one that has arrived at the block's barriers.
void Machine::threadEnds()
{
    if (m_launch->overlaps && !m_threads[m_current].hasWaited)
        fail("a thread ended without having waited for the kernel before");
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

void Machine::waitForLaunchBefore()
{
    Thread &thread = m_threads[m_current];
    thread.hasWaited = true;
    if (m_beforeEnded)
        return;
    thread.waitsForBefore = true;
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
            + (m_threads[i].waitsForBefore            ? " (the kernel before)"
                   : m_threads[i].waitsAt == &m_block ? " (block barrier)"
                                                      : " (warp operation)");
    }
    return text;
}

} // namespace inferlab::emulation
