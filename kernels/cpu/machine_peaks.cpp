// Loops of independent vector instructions, written as assembly so that no compiler thins them out.
#include "machine_peaks.h"

#include "read_passes.h"
#include "weight_arena.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>

#include <unistd.h>

namespace inferlab {

namespace {

using Clock = std::chrono::steady_clock;

// Read over and over, in chunks. A chunk takes less time than the system gives to a process at
// once.
constexpr size_t kReadChunkBytes = size_t {8} << 20;
constexpr size_t kLeastReadBytes = size_t {64} << 20;
constexpr size_t kLeastReread = 2 * kReadChunkBytes;
constexpr int kReadPasses = 2;
constexpr size_t kMostReadBytes = size_t {512} << 20;

// Three times the last-level cache, so that each chunk comes from memory; the most where nobody
// says how large that is. Getting memory from the system can take longer than reading it.
size_t readBytes()
{
    size_t bytes = kMostReadBytes;
#if defined(_SC_LEVEL3_CACHE_SIZE)
    if (const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE); cache > 0)
        bytes = 3 * static_cast<size_t>(cache);
#endif
    bytes = std::clamp(bytes, kLeastReadBytes, kMostReadBytes);
    return (bytes + kReadChunkBytes - 1) / kReadChunkBytes * kReadChunkBytes;
}

constexpr int64_t kRounds = 20000; // of a loop's body between two looks at the clock

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Best rate of all threads together, in 10^9/s: `work` does `operations` of them per call.
template <typename Work>
double bestRate(ThreadPool &pool, double seconds, double operations, const Work &work)
{
    const double total = operations * pool.threads();
    double best = 0.0;
    for (const auto start = Clock::now(); secondsSince(start) < seconds;) {
        const auto begin = Clock::now();
        pool.run([&](int worker, int) { work(worker); });
        best = std::max(best, total / secondsSince(begin));
    }
    return best * 1e-9;
}

#if defined(__x86_64__)

// Twelve chains of one instruction keep every unit busy: latency times units is at most ten.
#define INFERLAB_TWELVE(op, reg)                                                                   \
    op " %%" reg "12, %%" reg "13, %%" reg "0\n" op " %%" reg "12, %%" reg "13, %%" reg "1\n" op   \
       " %%" reg "12, %%" reg "13, %%" reg "2\n" op " %%" reg "12, %%" reg "13, %%" reg "3\n" op   \
       " %%" reg "12, %%" reg "13, %%" reg "4\n" op " %%" reg "12, %%" reg "13, %%" reg "5\n" op   \
       " %%" reg "12, %%" reg "13, %%" reg "6\n" op " %%" reg "12, %%" reg "13, %%" reg "7\n" op   \
       " %%" reg "12, %%" reg "13, %%" reg "8\n" op " %%" reg "12, %%" reg "13, %%" reg "9\n" op   \
       " %%" reg "12, %%" reg "13, %%" reg "10\n" op " %%" reg "12, %%" reg "13, %%" reg "11\n"

// Zeroed first: what the registers hold might be slow numbers. Clobbers name the lower halves.
#define INFERLAB_LOOP(op, reg)                                                                     \
    {                                                                                              \
        int64_t rounds = kRounds;                                                                  \
        asm volatile("vzeroall\n"                                                                  \
                     "1:\n" INFERLAB_TWELVE(op, reg) "dec %0\n"                                    \
                                                     "jnz 1b\n"                                    \
                                                     "vzeroupper\n"                                \
                     : "+r"(rounds)                                                                \
                     :                                                                             \
                     : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",       \
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");                        \
    }

void dotProducts512()
{
    INFERLAB_LOOP("vpdpbusd", "zmm")
}

// Four tiles of sums, which are what latency asks for; 16 x 16 sums of 64 products each.
void tileProducts()
{
    struct alignas(64) Config
    {
        uint8_t head[16] = {1};
        uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64};
        uint8_t rows[16] = {16, 16, 16, 16, 16, 16};
    };
    static constexpr Config kConfig;
    int64_t rounds = kRounds;
    asm volatile("ldtilecfg %1\n"
                 "tilezero %%tmm4\n"
                 "tilezero %%tmm5\n"
                 "1:\n"
                 "tdpbssd %%tmm5, %%tmm4, %%tmm0\n"
                 "tdpbssd %%tmm5, %%tmm4, %%tmm1\n"
                 "tdpbssd %%tmm5, %%tmm4, %%tmm2\n"
                 "tdpbssd %%tmm5, %%tmm4, %%tmm3\n"
                 "dec %0\n"
                 "jnz 1b\n"
                 "tilerelease\n"
                 : "+r"(rounds)
                 : "m"(kConfig)
                 : "cc");
}

void multiplyAdds512()
{
    INFERLAB_LOOP("vfmadd231ps", "zmm")
}

void pairProducts256()
{
    INFERLAB_LOOP("vpmaddubsw", "ymm")
}

void multiplyAdds256()
{
    INFERLAB_LOOP("vfmadd231ps", "ymm")
}

#undef INFERLAB_LOOP
#undef INFERLAB_TWELVE

// Reads a multiple of 512 bytes, each line asked for a while before, as the products do it: more
// lines are on their way then than the processor asks for by itself.
void readWords(const uint64_t *begin, const uint64_t *end)
{
    constexpr int64_t kAheadWords = 4096 / sizeof(uint64_t);
    for (const uint64_t *at = begin; at < end; at += 64) {
        for (int offset = 0; offset < 64; offset += 8) {
            __builtin_prefetch(at + offset + kAheadWords);
            asm volatile(
                "movups %0, %%xmm0\n movups %1, %%xmm0\n movups %2, %%xmm0\n movups %3, %%xmm0"
                :
                : "m"(at[offset]), "m"(at[offset + 2]), "m"(at[offset + 4]), "m"(at[offset + 6])
                : "xmm0");
        }
    }
}

#else

void readWords(const uint64_t *begin, const uint64_t *end)
{
    uint64_t sums[8] = {};
    for (const uint64_t *at = begin; at < end; at += 8) {
        for (int i = 0; i < 8; ++i)
            sums[i] += at[i];
    }
    for (const volatile uint64_t &sum : sums) // a use, so that the reading is not dropped
        static_cast<void>(sum);
}

#endif

} // namespace

double peakInt8GopPerSecond(Isa isa, ThreadPool &pool, double seconds)
{
#if defined(__x86_64__)
    if (isa == Isa::Amx)
        return bestRate(pool, seconds, 4.0 * 2 * 16 * 16 * 64 * kRounds,
                        [](int) { tileProducts(); });
    if (isa == Isa::Avx512)
        return bestRate(pool, seconds, 12.0 * 128 * kRounds, [](int) { dotProducts512(); });
    if (isa == Isa::Avx2)
        return bestRate(pool, seconds, 12.0 * 64 * kRounds, [](int) { pairProducts256(); });
#endif
    static_cast<void>(isa);
    static_cast<void>(pool);
    static_cast<void>(seconds);
    return 0.0;
}

double peakFloatGflopPerSecond(Isa isa, ThreadPool &pool, double seconds)
{
#if defined(__x86_64__)
    if (isa >= Isa::Avx512)
        return bestRate(pool, seconds, 12.0 * 32 * kRounds, [](int) { multiplyAdds512(); });
    if (isa == Isa::Avx2)
        return bestRate(pool, seconds, 12.0 * 16 * kRounds, [](int) { multiplyAdds256(); });
#endif
    static_cast<void>(isa);
    static_cast<void>(pool);
    static_cast<void>(seconds);
    return 0.0;
}

namespace {

// Memory that is there, in large pages where the system has them.
class ReadMemory
{
public:
    ReadMemory(ThreadPool &pool, size_t bytes, const StopCheck &stop)
        : m_pool(pool)
        , m_stop(stop)
        , m_memory(m_arena.allocate(bytes))
    {
        // Chunk by chunk: a system that is short of memory takes its time.
        for (size_t at = 0; at < bytes && !isTold(); at += kReadChunkBytes) {
            pool.run([&](int worker, int threads) {
                const Range range = split(int64_t {kReadChunkBytes}, worker, threads, 64);
                std::memset(m_memory.get() + at + range.begin, 1,
                            static_cast<size_t>(range.end - range.begin));
            });
        }
    }

    // Of the first `bytes` (whole chunks), read over and over.
    double bytesPerSecond(size_t bytes) const
    {
        const auto *words = reinterpret_cast<const uint64_t *>(m_memory.get());
        constexpr int64_t kChunkWords = kReadChunkBytes / sizeof(uint64_t);
        const auto readChunk = [&](int number) {
            if (isTold())
                return 0.0;
            const uint64_t *chunk = words + number * kChunkWords;
            const auto begin = Clock::now();
            m_pool.run([&](int worker, int threads) {
                const Range range = split(kChunkWords, worker, threads, 64);
                readWords(chunk + range.begin, chunk + range.end);
            });
            return secondsSince(begin);
        };
        const auto chunks = static_cast<int>(bytes / kReadChunkBytes);
        return static_cast<double>(bytes) / secondsOfPass(chunks, kReadPasses, readChunk);
    }

private:
    bool isTold() const { return m_stop && m_stop(); }

    ThreadPool &m_pool;
    const StopCheck &m_stop;
    WeightArena m_arena;
    std::shared_ptr<uint8_t> m_memory;
};

} // namespace

std::vector<ReadRate> readRates(ThreadPool &pool, const StopCheck &stop)
{
    const size_t all = readBytes();
    const ReadMemory memory(pool, all, stop);
    std::vector<ReadRate> rates;
    for (size_t bytes = kLeastReread; bytes < all; bytes *= 2)
        rates.push_back({static_cast<double>(bytes), memory.bytesPerSecond(bytes)});
    rates.push_back({static_cast<double>(all), memory.bytesPerSecond(all)});
    return rates;
}

} // namespace inferlab
