// What a card does at best, whatever this program's kernels make of it: copies of its memory,
// cuBLAS on a model's shapes in binary16, launches of kernels that do nothing. One JSON document.
#include "empty_kernel.h"

#include "engine/base/json.h"
#include "kernels/cuda/cuda_error.h"
#include "kernels/cuda/device_buffer.h"
#include "kernels/cuda/half_gemm.h"
#include "kernels/cuda/launch_overlap.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace inferlab;
using cuda::check;

namespace {

constexpr int kRepeats = 7;

class Stream
{
public:
    Stream() { check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "a stream"); }
    ~Stream() { cudaStreamDestroy(m_stream); }
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;
    cudaStream_t get() const noexcept { return m_stream; }
    void wait() const { check(cudaStreamSynchronize(m_stream), "waiting"); }

private:
    cudaStream_t m_stream = nullptr;
};

// The median of kRepeats, after one that does not count; from the first call until the device is
// done.
double medianSeconds(const Stream &stream, const std::function<void()> &work)
{
    std::vector<double> seconds;
    for (int i = -1; i < kRepeats; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        stream.wait();
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        if (i >= 0)
            seconds.push_back(taken.count());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[kRepeats / 2];
}

std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

Json deviceJson()
{
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, 0), "looking at the device");
    int driver = 0;
    int runtime = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    return {{"name", properties.name},
            {"compute_capability",
             std::to_string(properties.major) + "." + std::to_string(properties.minor)},
            {"memory_bytes", properties.totalGlobalMem},
            {"multiprocessors", properties.multiProcessorCount},
            {"l2_bytes", properties.l2CacheSize},
            {"driver_cuda", versionText(driver)},
            {"runtime_cuda", versionText(runtime)}};
}

// From the card's memory to the card's memory; what is read and what is written both count.
double copyGbPerSecond(const Stream &stream)
{
    constexpr size_t kBytes = size_t {1} << 30; // beyond all caches
    constexpr int kCopies = 8;                  // the wait at the end does not count
    const cuda::DeviceBuffer from(kBytes);
    const cuda::DeviceBuffer to(kBytes);
    check(cudaMemsetAsync(from.data(), 1, kBytes, stream.get()), "clearing");
    const double seconds = medianSeconds(stream, [&] {
        for (int i = 0; i < kCopies; ++i)
            check(cudaMemcpyAsync(to.data(), from.data(), kBytes, cudaMemcpyDeviceToDevice,
                                  stream.get()),
                  "copying");
    });
    return 2.0 * kCopies * static_cast<double>(kBytes) / seconds * 1e-9;
}

// One of a model's products: weights [rows, cols], so many tokens, so often in a step.
struct Shape
{
    int64_t rows = 0;
    int64_t cols = 0;
    int64_t tokens = 0;
    int64_t times = 1;
};

// "rows,cols,tokens,times"
Shape parseShape(const std::string &text)
{
    Shape shape;
    char end = 0;
    long long rows = 0;
    long long cols = 0;
    long long tokens = 0;
    long long times = 0;
    if (std::sscanf(text.c_str(), "%lld,%lld,%lld,%lld%c", &rows, &cols, &tokens, &times, &end) != 4
        || rows < 1 || cols < 1 || tokens < 1 || times < 1)
        throw std::invalid_argument("--gemm: rows,cols,tokens,times were expected, found \"" + text
                                    + "\"");
    shape.rows = rows;
    shape.cols = cols;
    shape.tokens = tokens;
    shape.times = times;
    return shape;
}

// Random binary16 below 0.02: a card that is fed zeros draws less power and clocks higher.
void fillWithNumbers(const cuda::DeviceBuffer &buffer)
{
    constexpr size_t kPieceHalves = size_t {1} << 20;
    constexpr uint32_t kLargest = 0x2500; // 0.0195
    std::minstd_rand random(1);
    std::vector<uint16_t> piece(kPieceHalves);
    for (uint16_t &half : piece)
        half = static_cast<uint16_t>(random() % kLargest | (random() & 0x8000u));
    for (size_t done = 0; done < buffer.bytes();) {
        const size_t bytes = std::min(buffer.bytes() - done, kPieceHalves * sizeof(uint16_t));
        check(cudaMemcpy(static_cast<unsigned char *>(buffer.data()) + done, piece.data(), bytes,
                         cudaMemcpyHostToDevice),
              "filling");
        done += bytes;
    }
}

Json gemmJson(const Stream &stream, cuda::HalfGemm &gemm, const Shape &shape)
{
    constexpr int kCalls = 4;
    const auto halves = [](int64_t elements) { return static_cast<size_t>(elements) * 2; };
    const cuda::DeviceBuffer weight(halves(shape.rows * shape.cols));
    const cuda::DeviceBuffer x(halves(shape.tokens * shape.cols));
    const cuda::DeviceBuffer y(static_cast<size_t>(shape.rows * shape.tokens) * sizeof(float));
    fillWithNumbers(weight);
    fillWithNumbers(x);
    const double seconds =
        medianSeconds(stream,
                      [&] {
                          for (int i = 0; i < kCalls; ++i)
                              gemm.multiply(static_cast<const uint16_t *>(weight.data()),
                                            shape.rows, static_cast<const uint16_t *>(x.data()),
                                            shape.tokens, shape.cols,
                                            static_cast<float *>(y.data()), shape.rows);
                      })
        / kCalls;
    const double flops = 2.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.cols)
        * static_cast<double>(shape.tokens);
    return {{"rows", shape.rows},   {"cols", shape.cols}, {"tokens", shape.tokens},
            {"times", shape.times}, {"seconds", seconds}, {"tflop_s", flops / seconds * 1e-12}};
}

Json gemmsJson(const Stream &stream, const std::vector<std::string> &shapes)
{
    std::string reason;
    const std::unique_ptr<cuda::HalfGemm> gemm = cuda::openHalfGemm(stream.get(), reason);
    if (!gemm)
        return {{"missing", reason}};
    Json list = Json::array();
    double seconds = 0;
    for (const std::string &text : shapes) {
        const Shape shape = parseShape(text);
        list.push_back(gemmJson(stream, *gemm, shape));
        seconds += list.back()["seconds"].get<double>() * static_cast<double>(shape.times);
    }
    return {{"shapes", std::move(list)}, {"seconds", seconds}};
}

void launchAll(const Stream &stream, int count, bool overlap)
{
    cuda::LaunchQueue queue(stream.get());
    const cuda::OverlapScope scope(queue, overlap);
    for (int i = 0; i < count; ++i)
        check(test::launchEmptyKernel(queue), "a launch");
}

double replaySeconds(const Stream &stream, int count, bool overlap)
{
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    check(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal), "recording");
    launchAll(stream, count, overlap);
    check(cudaStreamEndCapture(stream.get(), &graph), "recording");
    check(cudaGraphInstantiate(&exec, graph, 0), "recording");
    const double seconds =
        medianSeconds(stream, [&] { check(cudaGraphLaunch(exec, stream.get()), "a graph"); });
    cudaGraphExecDestroy(exec);
    cudaGraphDestroy(graph);
    return seconds;
}

// So many kernels that do nothing: each launched, and as one recorded graph; the same where each
// begins while the one before ends, as the backend's do where the device lets them.
Json launchesJson(const Stream &stream, int count)
{
    const double eager = medianSeconds(stream, [&] { launchAll(stream, count, false); });
    Json launches {{"count", count},
                   {"launched_ms", 1e3 * eager},
                   {"graph_ms", 1e3 * replaySeconds(stream, count, false)}};
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, 0), "looking at the device");
    if (cuda::findLaunchOverlap(properties.major, stream.get()).works)
        launches["overlapping_ms"] = 1e3 * replaySeconds(stream, count, true);
    return launches;
}

} // namespace

int main(int argc, char **argv)
{
    CLI::App app {"What the card does at best, as JSON"};
    std::vector<std::string> shapes;
    int launches = 500;
    app.add_option("--gemm", shapes, "Products in binary16 for cuBLAS: rows,cols,tokens,times");
    app.add_option("--launches", launches, "Kernels that do nothing")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        const Stream stream;
        Json document {{"device", deviceJson()}};
        document["copy_gb_s"] = copyGbPerSecond(stream);
        document["launches"] = launchesJson(stream, launches);
        document["gemm"] = gemmsJson(stream, shapes);
        std::printf("%s\n", jsonText(document, 2).c_str());
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "card_limits: %s\n", error.what());
        return 1;
    }
}
