// Times the CPU's matrix products at the shapes of SmolLM2-135M: checks each against the reference
// first, then prints 10^9 operations and bytes per second beside what this machine reaches at best.
// Weights are many enough that they come from memory, as they do when a model runs.
#include "kernels/check/operator_check.h"
#include "kernels/check/random_tensor.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/machine_peaks.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/matmul_kernels.h"
#include "kernels/host/usable_cores.h"
#include "kernels/reference/reference_backend.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

using namespace inferlab;

namespace {

using Clock = std::chrono::steady_clock;

struct Options
{
    std::string isa = std::string(isaName(detectIsa()));
    int threads = usableCores();
    double seconds = 0.3;
    std::vector<std::string> types {"Q4_1", "Q4_0", "Q8_0", "F16"};
    std::vector<int64_t> tokens {1, 8, 32, 512};
};

struct Peaks
{
    std::map<Isa, double> int8; // of every instruction set that the machine runs
    double floats = 0.0;
    double read = 0.0;
};

// Matrices that read the same input: one call of matmul().
struct Shape
{
    const char *name;
    std::vector<int64_t> outs;
    int64_t in;
};

const std::vector<Shape> kShapes {
    {"q k v", {576, 192, 192}, 576}, {"out", {576}, 576},      {"gate up", {1536, 1536}, 576},
    {"down", {576}, 1536},           {"logits", {49152}, 576},
};

// Copies of the weights come to more than this, twice a last-level cache of 32 MiB.
constexpr size_t kBytesBeyondCaches = size_t {64} << 20;

size_t fileBytes(const Shape &shape, DType dtype)
{
    size_t bytes = 0;
    for (int64_t out : shape.outs)
        bytes += rowBytes(dtype, shape.in) * static_cast<size_t>(out);
    return bytes;
}

bool agreesWithReference(const Shape &shape, DType dtype, Isa isa, int threads)
{
    const auto cpu = makeCpuBackend(threads, isa);
    const auto reference = makeReferenceBackend(threads);
    for (int64_t out : shape.outs) {
        for (int64_t tokens : {1, 6, 21}) {
            const OperatorCase matmul =
                matmulCase(dtype, tokens, std::min<int64_t>(out, 2048), shape.in, false);
            if (!compareOperator(matmul, *cpu, *reference).passed)
                return false;
        }
    }
    return true;
}

// The matrices of one layer, with outputs that all layers write to.
struct Layer
{
    Layer(MatmulEngine &engine, const Shape &shape, DType dtype, int64_t tokens,
          std::vector<std::vector<float>> &y)
    {
        for (size_t i = 0; i < shape.outs.size(); ++i) {
            const int64_t out = shape.outs[i];
            const std::vector<unsigned char> bytes = randomWeight(dtype, out, shape.in, 1);
            weights.push_back(engine.load({bytes.data(), dtype, out, shape.in}));
            y[i].resize(static_cast<size_t>(tokens * out));
            outputs.push_back({weights.back().get(), {y[i].data(), tokens, out, out}, nullptr});
        }
    }
    std::vector<std::unique_ptr<Weight>> weights;
    std::vector<MatmulOutput> outputs;
};

// Few tokens are multiplied without tiles.
Isa usedFor(Isa isa, int64_t tokens)
{
    return isa == Isa::Amx && tokens < kFewestTileTokens ? Isa::Avx512 : isa;
}

void timeShape(const Shape &shape, DType dtype, Isa isa, int64_t tokens, const Options &options,
               const Peaks &peaks)
{
    ThreadPool pool(options.threads);
    MatmulEngine engine(isa, pool);
    StepLimits limits;
    limits.rows = tokens;
    limits.cols = shape.in;
    engine.reserve(limits);
    const size_t bytes = fileBytes(shape, dtype);
    const size_t copies = kBytesBeyondCaches / bytes + 1;
    std::vector<std::vector<float>> y(shape.outs.size());
    std::vector<Layer> layers;
    layers.reserve(copies);
    for (size_t i = 0; i < copies; ++i)
        layers.emplace_back(engine, shape, dtype, tokens, y);
    const std::vector<float> x = randomFloats(static_cast<size_t>(tokens * shape.in), 2);

    std::vector<double> times;
    size_t next = 0;
    for (const auto start = Clock::now(); times.size() < 5
         || std::chrono::duration<double>(Clock::now() - start).count() < options.seconds;) {
        const auto begin = Clock::now();
        engine.matmul(layers[next].outputs, {x.data(), tokens, shape.in, shape.in});
        times.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
        next = (next + 1) % copies;
    }
    std::nth_element(times.begin(), times.begin() + static_cast<int64_t>(times.size() / 2),
                     times.end());
    const double median = times[times.size() / 2];
    const double best = *std::min_element(times.begin(), times.end());
    int64_t outs = 0;
    for (int64_t out : shape.outs)
        outs += out;
    const double gop = 2e-9 * static_cast<double>(outs * shape.in * tokens) / median;
    const double gb = 1e-9 * static_cast<double>(bytes) / median;
    const bool quantized = dtypeInfo(dtype).blockElements > 1;
    const double peak = quantized ? peaks.int8.at(usedFor(isa, tokens)) : peaks.floats;
    const double most = quantized ? peaks.int8.at(detectIsa()) : peaks.floats;
    const auto percent = [gop](double of) { return of > 0.0 ? 100.0 * gop / of : 0.0; };
    std::printf("%-6s %-8s %6lld %10.1f %10.1f %10.1f %6.0f%% %6.0f%% %9.1f %6.0f%%\n",
                std::string(dtypeInfo(dtype).name).c_str(), shape.name,
                static_cast<long long>(tokens), median * 1e6, best * 1e6, gop, percent(peak),
                percent(most), gb, 100.0 * gb / peaks.read);
}

int runBenchmark(const Options &options)
{
    const std::optional<Isa> isa = isaFromName(options.isa);
    if (!isa || *isa > detectIsa()) {
        std::fprintf(stderr, "bench_matmul: %s is not an instruction set of this machine\n",
                     options.isa.c_str());
        return 2;
    }
    Peaks peaks;
    {
        ThreadPool pool(options.threads);
        for (Isa known : availableIsas())
            peaks.int8[known] = peakInt8GopPerSecond(known, pool, 0.5);
        peaks.floats = peakFloatGflopPerSecond(*isa, pool, 1.0);
        peaks.read = 1e-9 * readRates(pool).back().bytesPerSecond;
    }
    std::printf("%s, %d threads. Peaks: float32 %.0f GFLOP/s, read %.1f GB/s\n",
                std::string(isaTitle(*isa)).c_str(), options.threads, peaks.floats, peaks.read);
    for (const auto &[known, gop] : peaks.int8) {
        if (gop > 0.0)
            std::printf("Peak of int8 with %s: %.0f GOP/s\n", std::string(isaTitle(known)).c_str(),
                        gop);
    }
    std::printf("own: share of the peak of the instructions that the product uses; best: of the "
                "machine's best\n");
    std::printf("%-6s %-8s %6s %10s %10s %10s %7s %7s %9s %7s\n", "type", "matrices", "tokens",
                "median us", "best us", "GOP/s", "own", "best", "GB/s", "read");
    for (const std::string &name : options.types) {
        const std::optional<DType> dtype = dtypeFromName(name);
        if (!dtype) {
            std::fprintf(stderr, "bench_matmul: unknown type %s\n", name.c_str());
            return 2;
        }
        for (const Shape &shape : kShapes) {
            if (shape.in % dtypeInfo(*dtype).blockElements != 0)
                continue;
            if (!agreesWithReference(shape, *dtype, *isa, options.threads)) {
                std::fprintf(stderr, "bench_matmul: %s %s differs from the reference\n",
                             name.c_str(), shape.name);
                return 1;
            }
            for (int64_t tokens : options.tokens)
                timeShape(shape, *dtype, *isa, tokens, options, peaks);
        }
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    Options options;
    CLI::App app("Times the CPU's matrix products at the shapes of SmolLM2-135M");
    app.add_option("--isa", options.isa, "portable, avx2, avx512 or amx");
    app.add_option("--threads", options.threads)->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "per product");
    app.add_option("--types", options.types)->delimiter(',');
    app.add_option("--tokens", options.tokens)->delimiter(',');
    CLI11_PARSE(app, argc, argv);
    return runBenchmark(options);
}
