#include "emulation.h"

#include "cuda_builtins.h"
#include "machine.h"

#include <cstdlib>
#include <limits>
#include <utility>

// As CUDA declares them: each thread's place. Set whenever a fiber takes its turn.
uint3 threadIdx;
uint3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace inferlab::emulation {

int64_t callsUntilRest = std::numeric_limits<int64_t>::max();

namespace {

// One for all launches of the process: the CUDA built-in variables are global, too.
class Device
{
public:
    Device()
        : m_one(m_order)
        , m_other(m_order)
    {
        const char *text = std::getenv("INFERLAB_EMULATION_SEED");
        setSeed(text != nullptr ? std::strtoull(text, nullptr, 10) : 0);
    }

    void setSeed(uint64_t seed)
    {
        m_order = {seed, seed};
        m_order.drawRest();
    }
    void run(const Launch &launch, const Launch *next)
    {
        const struct Ends
        {
            Device &device;
            ~Ends() { device.m_running = nullptr; }
        } ends {*this};
        try {
            if (next != nullptr && next->overlaps) {
                m_running = m_ahead;
                m_ahead->begin(*next);
            }
            m_running = m_current;
            m_current->finish(launch);
        } catch (...) {
            m_one.abandon();
            m_other.abandon();
            throw;
        }
        if (m_ahead->hasBegun())
            std::swap(m_current, m_ahead);
    }
    Machine &running() { return *m_running; }
    void rest()
    {
        m_order.drawRest();
        if (m_order.seed != 0 && m_running != nullptr) // the host calls the same arithmetic
            m_running->rest();
    }

private:
    ThreadOrder m_order;
    Machine m_one;
    Machine m_other;
    Machine *m_current = &m_one; // has begun the launch that is next, if any has
    Machine *m_ahead = &m_other;
    Machine *m_running = nullptr;
};

Device &device()
{
    static Device instance;
    return instance;
}

} // namespace

void runLaunch(const Launch &launch, const Launch *next)
{
    device().run(launch, next);
}

void setThreadOrder(uint64_t seed)
{
    device().setSeed(seed);
}

unsigned char *sharedMemory()
{
    return device().running().shared();
}

void requireShared(const unsigned char *from, size_t bytes)
{
    device().running().requireShared(from, bytes);
}

void waitForLaunchBefore()
{
    device().running().waitForLaunchBefore();
}

void blockBarrier()
{
    device().running().blockBarrier();
}

void rest()
{
    device().rest();
}

const uint32_t (*exchange(WarpOperation operation, unsigned mask, const uint32_t *words,
                          int count))[kMaxExchangeWords]
{
    return device().running().exchange(operation, mask, words, count);
}

unsigned laneOfThread()
{
    return device().running().lane();
}

} // namespace inferlab::emulation
