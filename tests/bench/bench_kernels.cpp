// bench_kernels [THREADS [INSTRUCTION_SET]]: the CPU's operators at models' shapes, in GB/s beside
// the bandwidth of copying memory on as many threads, and in GFLOP/s. Build it with the release
// preset.
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>
#include <vector>

using namespace inferlab;

namespace {

constexpr double kSecondsPerCase = 0.2;

// Bytes read and written per second by memcpy(), each thread on its own areas of 128 MiB: more than
// caches hold. The best of five.
double copyBandwidth(int threads)
{
    constexpr size_t kBytes = size_t {128} << 20;
    struct Areas
    {
        std::vector<char> source = std::vector<char>(kBytes, 1);
        std::vector<char> target = std::vector<char>(kBytes, 2);
    };
    std::vector<Areas> areas(static_cast<size_t>(threads));
    double best = 0.0;
    for (int round = 0; round < 5; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        std::vector<std::thread> copiers;
        for (Areas &own : areas)
            copiers.emplace_back(
                [&own] { std::memcpy(own.target.data(), own.source.data(), kBytes); });
        for (std::thread &copier : copiers)
            copier.join();
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        best = std::max(best, 2.0 * static_cast<double>(kBytes) * threads / seconds.count());
    }
    return best;
}

void printCase(const OperatorCase &operatorCase, Backend &backend, double bandwidth)
{
    const double seconds = timeOperator(operatorCase, backend, kSecondsPerCase);
    const double bytesPerSecond = operatorCase.bytes / seconds;
    std::printf("%-13s %-5s %-56s %10.1f %9.2f %7.0f%% %10.1f\n", operatorCase.op.c_str(),
                operatorCase.dtype.c_str(), operatorCase.shape.c_str(), seconds * 1e6,
                bytesPerSecond * 1e-9, 100.0 * bytesPerSecond / bandwidth,
                operatorCase.flops / seconds * 1e-9);
    std::fflush(stdout);
}

std::vector<OperatorCase> benchCases()
{
    std::vector<OperatorCase> cases;
    for (int64_t rows : {1, 8, 512}) {
        cases.push_back(rmsNormCase(rows, 576));
        cases.push_back(ropeCase(rows, 9, 64, 64, RopeLayout::AdjacentPairs));
        cases.push_back(siluMultiplyCase(rows, 1536));
        cases.push_back(addCase(rows, 576));
    }
    const CacheShape small {DType::F16, 9, 3, 64, 32};   // SmolLM2-135M
    const CacheShape large {DType::F16, 32, 8, 128, 32}; // Llama 3 8B
    for (const CacheShape &cache : {small, large}) {
        cases.push_back(writeKvCase(cache, {{512, 512}}));
        for (int32_t depth : {16, 128, 512, 1024, 2048, 4096, 8192})
            cases.push_back(attentionCase(cache, {{depth, 1}}));
        cases.push_back(attentionCase(cache, std::vector<SequenceShape>(8, {1024, 1})));
        cases.push_back(attentionCase(cache, std::vector<SequenceShape>(32, {512, 1})));
        for (int32_t prompt : {32, 128, 512, 2048})
            cases.push_back(attentionCase(cache, {{prompt, prompt}}));
        cases.push_back(attentionCase(cache, {{4096, 256}})); // a chunk of a long prompt
    }
    return cases;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : defaultThreads();
        const std::unique_ptr<Backend> backend =
            openBackend("cpu", threads, argc > 2 ? argv[2] : "");
        const double bandwidth = copyBandwidth(threads);
        std::printf("%s, %d threads; copying memory: %.1f GB/s (read and written)\n\n",
                    backend->device().name.c_str(), threads, bandwidth * 1e-9);
        std::printf("%-13s %-5s %-56s %10s %9s %8s %10s\n", "operator", "dtype", "shape", "us",
                    "GB/s", "of copy", "GFLOP/s");
        for (const OperatorCase &operatorCase : benchCases())
            printCase(operatorCase, *backend, bandwidth);
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_kernels: %s\n", error.what());
        return 1;
    }
}
