// Persistent threads that run one body together: the operators' way to use more than one core.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace inferlab {

// [begin, end) of a worker's share.
struct Range
{
    int64_t begin = 0;
    int64_t end = 0;
};

// Share number `worker` of 0 .. n - 1 cut into `workers` contiguous shares of nearly the same size,
// each a multiple of `grain` except where n ends. Shares may be empty; together they cover 0 .. n -
// 1 once.
Range split(int64_t n, int worker, int workers, int64_t grain) noexcept;

// The caller is worker 0; the pool owns threads() - 1 threads beside it. One caller at a time, and
// no run() inside a body. To change the number of threads, make another pool. A body must not
// throw: it is called from noexcept functions, so an exception ends the process.
class ThreadPool
{
public:
    explicit ThreadPool(
        int threads); // at least 1; throws std::system_error when a thread cannot start
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    int threads() const noexcept { return m_threads; }

    // Calls body(worker, workers) once on every thread, the caller's included, with worker in
    // 0 .. workers - 1, and returns when all are done. What the bodies wrote is then visible to the
    // caller. Allocates nothing.
    template <typename Body>
    void run(Body &&body) noexcept
    {
        using Callable = std::remove_reference_t<Body>;
        runTask({[](const void *context, int worker, int workers) noexcept {
                     auto *callable = static_cast<Callable *>(const_cast<void *>(context));
                     (*callable)(worker, workers);
                 },
                 std::addressof(body)});
    }

private:
    struct Task
    {
        void (*call)(const void *context, int worker, int workers) noexcept = nullptr;
        const void *context = nullptr;
    };

    void runTask(Task task) noexcept;
    void work(int worker) noexcept;
    void stop() noexcept;
    bool workerOn(int core) const noexcept;
    void waitWhileEqual(const std::atomic<uint32_t> &value, uint32_t old,
                        bool alone) const noexcept;

    // The two words that threads wait on stand in cache lines of their own, so that a worker that
    // finishes does not disturb those that look for the next task.
    static constexpr size_t kCacheLine = 64;

    int m_threads = 1;
    bool m_spin = false;
    Task m_task;
    bool m_stopping = false;
    alignas(kCacheLine) std::atomic<uint32_t> m_generation {0}; // one more for every task
    alignas(kCacheLine) std::atomic<uint32_t> m_running {
        0}; // workers that are not done with the task
    // Where threads were last seen, so that nobody spins on a core that the other needs.
    static constexpr int kUnknownCore = -2;
    std::atomic<int> m_callerCore {kUnknownCore - 1};
    std::vector<std::atomic<int>> m_workerCores;
    std::vector<std::thread> m_workers;
};

} // namespace inferlab
