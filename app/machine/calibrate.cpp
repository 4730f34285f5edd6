#include "app/machine/calibrate.h"

#include "app/machine/batch_invariant_cost.h"
#include "app/machine/machine_note.h"
#include "app/machine/operator_timer.h"
#include "engine/base/error.h"
#include "engine/measure/run_head.h"
#include "engine/model/cost_model.h"
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace inferlab {

namespace {

// With the operators and making what is measured, together less than 2 s. Each is some turns of a
// busy machine's scheduler long, so that one of its looks has the cores to itself.
constexpr double kPeakSeconds = 0.05;

// Where one thing limits: products of so many rows that weights stay in caches, and so large that
// starting them costs nothing. A CPU's are as wide as a small model, where each output has few
// blocks to share what it costs to begin and end it.
struct Sizes
{
    int64_t rows, out, in;
    int64_t readOut; // rows of the matrix that one vector is multiplied with, to read memory
};
constexpr Sizes kCpuSizes {256, 1536, 576, 0};
constexpr Sizes kGpuSizes {512, 4096, 4096, 32768};

constexpr int32_t kMiddlingContext = 512; // tokens, of a sequence that decodes

// Together their keys and values are 25 MB, more than a core keeps from one step to the next: in a
// model those of the other layers come between.
constexpr size_t kDecodingSequences = 32;

// The shape of a small model's attention: three query heads share a key head.
constexpr CacheShape kCache {DType::F16, 9, 3, 64, 32};

class Calibrator
{
public:
    Calibrator(Backend &backend, const StopCheck &stop)
        : m_backend(backend)
        , m_stop(stop)
        , m_timer(backend, stop)
        , m_sizes(backend.hasHostMemory() ? kCpuSizes : kGpuSizes)
    { }

    void measure(std::string_view instructionSet, Calibration &out);

private:
    double seconds(const OperatorCase &operatorCase) { return m_timer.seconds(operatorCase); }
    double flopsPerSecond(const OperatorCase &operatorCase)
    {
        return operatorCase.flops / seconds(operatorCase);
    }
    double product(DType dtype)
    {
        return flopsPerSecond(matmulCase(dtype, m_sizes.rows, m_sizes.out, m_sizes.in, false));
    }
    double int8Product();
    void fixedCosts(DeviceLimits &limits);
    double rowElements(double fixedSeconds);
    double drawnElements(int64_t rows);
    void throwIfTold() const
    {
        if (m_stop && m_stop())
            throw Cancelled();
    }

    Backend &m_backend;
    const StopCheck &m_stop;
    OperatorTimer m_timer;
    Sizes m_sizes;
};

// Types with a minimum take more operations of a processor for each block than those without.
double Calibrator::int8Product()
{
    return 2.0 / (1.0 / product(DType::Q8_0) + 1.0 / product(DType::Q4_1));
}

void Calibrator::fixedCosts(DeviceLimits &limits)
{
    // Next to no work, and just enough for threads to be set to it.
    const OperatorCase product = matmulCase(DType::Q8_0, 64, 32, 64, false);
    limits.largeOperatorSeconds = seconds(product);
    if (m_backend.hasHostMemory()) {
        limits.smallOperatorSeconds = seconds(addCase(1, 64));
        return;
    }
    // A GPU launches one kernel for a layer's rotations and cache; norms, silu and sums are part of
    // its products' kernels.
    const OperatorCase rotation =
        ropeAndStoreCase(kCache, {{1, 1}}, kCache.headDim, RopeLayout::AdjacentPairs);
    limits.smallOperatorSeconds = seconds(rotation) / kSmallOperatorsPerLayer;
    limits.replayedLargeSeconds = m_timer.replayedSeconds(product);
    limits.replayedSmallSeconds = m_timer.replayedSeconds(rotation) / kSmallOperatorsPerLayer;
}

// Elements per second of the operators between the products, in the proportion of a layer.
double Calibrator::rowElements(double fixedSeconds)
{
    constexpr int64_t kRows = 64;
    constexpr int64_t kWidth = 576;
    constexpr int64_t kFeedForward = 1536;
    struct Share
    {
        OperatorCase operatorCase;
        int times;
        double elements;
    };
    const Share shares[] {
        {rmsNormCase(kRows, kWidth), 2, kRows * kWidth},
        {addCase(kRows, kWidth), 2, kRows * kWidth},
        {ropeCase(kRows, 12, 64, 64, RopeLayout::AdjacentPairs), 1, kRows * 12 * 64},
        {siluMultiplyCase(kRows, kFeedForward), 1, kRows * kFeedForward}};
    double elements = 0;
    double sum = 0;
    for (const Share &share : shares) {
        const double each = seconds(share.operatorCase);
        elements += share.times * share.elements;
        // What is left is at least a tenth: the clock is not that fine.
        sum += share.times * std::max(each - fixedSeconds, 0.1 * each);
    }
    return elements / sum;
}

// Logits per second that greedy draws pass over, those of a batch together.
double Calibrator::drawnElements(int64_t rows)
{
    constexpr int64_t kVocabulary = 49152;
    return static_cast<double>(rows * kVocabulary)
        / seconds(summariseLogitsCase(rows, kVocabulary, 0.0f));
}

void Calibrator::measure(std::string_view instructionSet, Calibration &out)
{
    DeviceLimits &limits = out.limits;
    throwIfTold();
    if (m_backend.hasHostMemory()) {
        const CpuPeaks peaks =
            measureCpuPeaks(m_backend.threads(), instructionSet, kPeakSeconds, m_stop);
        throwIfTold();
        limits.bytesPerSecond = peaks.rereads.back().bytesPerSecond;
        limits.rereads = peaks.rereads;
        out.peakInt8PerSecond = peaks.int8PerSecond;
        out.peakFloatPerSecond = peaks.floatPerSecond;
    } else {
        const OperatorCase read = matmulCase(DType::F16, 1, m_sizes.readOut, m_sizes.in, false);
        limits.bytesPerSecond = read.bytes / seconds(read);
    }
    limits.productsPerSecond = {int8Product(), product(DType::BF16), product(DType::F32)};
    limits.attentionRowsPerSecond = flopsPerSecond(
        attentionCase(kCache, std::vector<SequenceShape>(kDecodingSequences, {1024, 1})));
    limits.attentionTilesPerSecond = flopsPerSecond(attentionCase(kCache, {{256, 256}}));
    fixedCosts(limits);
    limits.rowElementsPerSecond = rowElements(seconds(addCase(1, 64)));
    limits.drawnElementsPerSecond = drawnElements(32);
    limits.drawnOfRowPerSecond = drawnElements(1);
    if (!m_backend.hasHostMemory())
        out.batchInvariantCost = batchInvariantCost(
            m_backend, {m_sizes.in, kMiddlingContext, static_cast<int32_t>(m_sizes.rows)}, m_stop);
}

} // namespace

std::string hardwareId(const Backend &backend)
{
    const DeviceInfo device = backend.device();
    if (!backend.hasHostMemory())
        return device.name;
    const auto counted = [](int n, const char *one) {
        return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
    };
    return device.name + "; " + counted(device.hardwareThreads, "core") + "; "
        + counted(backend.threads(), "thread");
}

Calibration calibrate(Backend &backend, std::string_view instructionSet, const std::string &program,
                      const StopCheck &stop)
{
    Calibration out;
    out.hardware = hardwareId(backend);
    out.program = program;
    out.date = dateTimeNow();
    const MachineWatch watch(gpuMonitorOf(backend));
    Calibrator(backend, stop).measure(instructionSet, out);
    out.disturbed = watch.note().words();
    return out;
}

} // namespace inferlab
