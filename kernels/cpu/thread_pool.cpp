// A task is published by raising the generation; each worker runs it and lowers the count of those
// that still run. Both waits spin for a bounded time and then sleep in the kernel.
#include "thread_pool.h"

#include "kernels/host/usable_cores.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <sched.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace inferlab {

namespace {

// Two operators of a step are a few microseconds apart and waking a sleeping thread takes 20
// (measured on a virtual machine), so whoever looks for twice that is there when the next operator
// comes; between steps, and when nothing runs, threads sleep.
constexpr std::chrono::microseconds kSpinTime {50};

// Looks between two readings of the clock: a pause is about 40 cycles, so the clock is read every
// microsecond or less.
constexpr int kLooksPerClockReading = 32;

void pauseBriefly() noexcept
{
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// The core that the calling thread is on, -1 if the system does not say.
int currentCore() noexcept
{
#if defined(__linux__)
    return sched_getcpu();
#else
    return -1;
#endif
}

} // namespace

Range split(int64_t n, int worker, int workers, int64_t grain) noexcept
{
    assert(n >= 0 && grain > 0 && worker >= 0 && worker < workers);
    const int64_t units = (n + grain - 1) / grain;
    const int64_t each = units / workers;
    const int64_t longer = units % workers; // the first shares take one unit more
    const int64_t first = worker * each + std::min<int64_t>(worker, longer);
    const int64_t last = first + each + (worker < longer ? 1 : 0);
    return {std::min(first * grain, n), std::min(last * grain, n)};
}

ThreadPool::ThreadPool(int threads)
    : m_threads(std::max(1, threads))
    // A spinning thread without a core of its own keeps the one that it waits for from running.
    , m_spin(m_threads <= usableCores())
    , m_workerCores(static_cast<size_t>(m_threads - 1))
{
    for (std::atomic<int> &core : m_workerCores)
        core.store(kUnknownCore, std::memory_order_relaxed);
    m_workers.reserve(static_cast<size_t>(m_threads - 1));
    try {
        for (int worker = 1; worker < m_threads; ++worker)
            m_workers.emplace_back([this, worker] { work(worker); });
    } catch (...) {
        stop();
        throw;
    }
}

ThreadPool::~ThreadPool()
{
    stop();
}

void ThreadPool::stop() noexcept
{
    m_stopping = true;
    m_generation.fetch_add(1, std::memory_order_release);
    m_generation.notify_all();
    for (std::thread &worker : m_workers)
        worker.join();
}

void ThreadPool::runTask(Task task) noexcept
{
    assert(m_running.load(std::memory_order_relaxed) == 0 && "one run() at a time");
    if (m_workers.empty()) {
        task.call(task.context, 0, 1);
        return;
    }
    m_task = task;
    const int core = currentCore();
    m_callerCore.store(core, std::memory_order_relaxed);
    m_running.store(static_cast<uint32_t>(m_workers.size()), std::memory_order_relaxed);
    m_generation.fetch_add(1, std::memory_order_release);
    m_generation.notify_all(); // no system call while nobody sleeps
    task.call(task.context, 0, m_threads);

    uint32_t running = m_running.load(std::memory_order_acquire);
    while (running != 0) {
        waitWhileEqual(m_running, running, !workerOn(core));
        running = m_running.load(std::memory_order_acquire);
    }
}

bool ThreadPool::workerOn(int core) const noexcept
{
    for (const std::atomic<int> &other : m_workerCores) {
        if (other.load(std::memory_order_relaxed) == core)
            return true;
    }
    return false;
}

void ThreadPool::work(int worker) noexcept
{
    std::atomic<int> &core = m_workerCores[static_cast<size_t>(worker - 1)];
    uint32_t seen = 0;
    for (;;) {
        const bool alone =
            core.load(std::memory_order_relaxed) != m_callerCore.load(std::memory_order_relaxed);
        waitWhileEqual(m_generation, seen, alone);
        // At most one task is new: the next is published only after this worker lowered m_running.
        ++seen;
        if (m_stopping)
            return;
        core.store(currentCore(), std::memory_order_relaxed);
        m_task.call(m_task.context, worker, m_threads);
        if (m_running.fetch_sub(1, std::memory_order_acq_rel) == 1)
            m_running.notify_one(); // only the caller of run() waits here
    }
}

// Returns when `value` was seen different from `old`, with what its writer wrote before visible.
// alone: nobody whom this thread waits for was last seen on its core. Otherwise spinning keeps the
// other from running: where cores are busy with other programs, the system puts both threads on
// one.
void ThreadPool::waitWhileEqual(const std::atomic<uint32_t> &value, uint32_t old,
                                bool alone) const noexcept
{
    if (m_spin && alone) {
        const auto end = std::chrono::steady_clock::now() + kSpinTime;
        do {
            for (int look = 0; look < kLooksPerClockReading; ++look) {
                if (value.load(std::memory_order_acquire) != old)
                    return;
                pauseBriefly();
            }
        } while (std::chrono::steady_clock::now() < end);
    }
    value.wait(old, std::memory_order_acquire);
}

} // namespace inferlab
