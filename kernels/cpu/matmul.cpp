// Cuts a product into what fits the second-level cache (tokens) and what each thread does (panels).
#include "matmul.h"

#include "matmul_kernels.h"
#include "packed_weight.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace inferlab {

namespace {

// Prepared tokens that are multiplied at once: half of a second-level cache of 1 MiB, so that they
// stay there while one panel after the other passes by.
constexpr size_t kTileBytes = 512 * 1024;

constexpr size_t kAlignment = 64;

// Below this many numbers to quantise, or multiplications, handing the work to other threads costs
// more (some microseconds) than it saves.
constexpr int64_t kNumbersForThreads = 8192;
constexpr int64_t kProductsForThreads = 65536;

// Panels that a thread's share is a multiple of: what the kernels take at once.
constexpr int64_t kPanelGrain = 2;

// Panels that a thread multiplies between two looks at whether to stop. With the tokens that meet
// them at once (kTileBytes of them) that is some 10^8 multiplications, two milliseconds on a core
// with AVX-512 and tens in portable code; with one token it is the reading of a megabyte.
constexpr int64_t kPanelsBetweenLooks = 32;
static_assert(kPanelsBetweenLooks % kPanelGrain == 0);

const PackedWeight &packed(const Weight *weight) noexcept
{
    return *static_cast<const PackedWeight *>(weight);
}

bool isQuantized(const MatmulOutput &output) noexcept
{
    return isQuantized(packed(output.weight).format());
}

// Bytes of tiles for tokens of up to `cols` columns.
size_t tileBytes(int64_t tileTokens, int64_t tokenBytes) noexcept
{
    return std::max(kTileBytes, static_cast<size_t>(tileTokens * tokenBytes));
}

std::string slowReason(DType dtype)
{
    const DTypeInfo &info = dtypeInfo(dtype);
    const double fileBytes = static_cast<double>(info.blockBytes) / info.blockElements;
    std::array<char, 16> ratio {};
    std::snprintf(ratio.data(), ratio.size(), "%.1f",
                  static_cast<double>(sizeof(float)) / fileBytes);
    return std::string(info.name) + " has no fast path yet on the CPU: kept as float32, "
        + ratio.data() + "x the file's size";
}

} // namespace

void MatmulEngine::TileMemory::grow(size_t bytes)
{
    if (bytes <= m_bytes)
        return;
    m_area = std::vector<unsigned char>(bytes + kAlignment);
    void *data = m_area.data();
    size_t room = m_area.size();
    m_data = std::align(kAlignment, bytes, data, room);
    m_bytes = bytes;
}

MatmulEngine::MatmulEngine(Isa isa, ThreadPool &pool)
    : m_kernels(matmulKernels(isa))
    , m_pool(&pool)
{ }

MatmulEngine::~MatmulEngine() = default;

void MatmulEngine::setPool(ThreadPool &pool) noexcept
{
    m_pool = &pool;
}

WeightSupport MatmulEngine::supports(DType dtype, int64_t rows, int64_t cols) const
{
    const DTypeInfo &info = dtypeInfo(dtype);
    WeightSupport support;
    if (rows <= 0 || cols <= 0 || cols % info.blockElements != 0) {
        support.reason = "rows of " + std::to_string(cols) + " elements are not whole blocks of "
            + std::to_string(info.blockElements) + " (" + std::string(info.name) + ")";
        return support;
    }
    support.supported = true;
    support.fast = hasOwnPanels(dtype);
    support.bytes = packedBytes(dtype, rows, cols);
    if (!support.fast)
        support.reason = slowReason(dtype);
    return support;
}

std::unique_ptr<Weight> MatmulEngine::load(const HostTensor &tensor, const WeightProgress &progress)
{
    const WeightSupport support = supports(tensor.dtype, tensor.rows, tensor.cols);
    if (!support.supported)
        throw std::runtime_error(support.reason);
    return PackedWeight::pack(tensor, m_arena, *m_pool, progress);
}

size_t MatmulEngine::workspaceBytes(const StepLimits &limits) const
{
    return tileBytes(m_kernels.quantized.tileTokens, quantizedTokenBytes(limits.cols))
        + tileBytes(m_kernels.floats.tileTokens, floatTokenBytes(limits.cols)) + 2 * kAlignment;
}

void MatmulEngine::reserve(const StepLimits &limits)
{
    m_quantizedTiles.grow(
        tileBytes(m_kernels.quantized.tileTokens, quantizedTokenBytes(limits.cols)));
    m_floatTiles.grow(tileBytes(m_kernels.floats.tileTokens, floatTokenBytes(limits.cols)));
}

void MatmulEngine::matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x,
                          const StopCheck &stop)
{
    bool quantized = false;
    bool floats = false;
    for (const MatmulOutput &output : outputs) {
        assert(output.weight->cols() == x.cols && output.y.cols == output.weight->rows());
        assert(output.y.rows == x.rows);
        (isQuantized(output) ? quantized : floats) = true;
    }
    const int64_t step = tokensAtOnce(outputs, x);
    for (int64_t token = 0; token < x.rows && !(stop && stop()); token += step) {
        const int64_t tokens = std::min(step, x.rows - token);
        const ConstMatrixView part(x.row(token), tokens, x.cols, x.stride);
        if (quantized)
            prepare(m_kernels.quantized, m_quantizedTiles, part);
        if (floats)
            prepare(m_kernels.floats, m_floatTiles, part);
        multiply(outputs, token, tokens, x.cols, stop);
    }
}

// Whole tiles of all these outputs, whose sizes are powers of two.
int64_t MatmulEngine::tokensAtOnce(std::span<const MatmulOutput> outputs,
                                   ConstMatrixView x) const noexcept
{
    int64_t tokens = x.rows;
    int64_t largestTile = 1;
    for (const MatmulOutput &output : outputs) {
        const bool quantized = isQuantized(output);
        const FormatFamily &family = quantized ? m_kernels.quantized : m_kernels.floats;
        const TileMemory &tiles = quantized ? m_quantizedTiles : m_floatTiles;
        const int64_t tokenBytes =
            quantized ? quantizedTokenBytes(x.cols) : floatTokenBytes(x.cols);
        const int64_t room = static_cast<int64_t>(tiles.bytes()) / tokenBytes;
        assert(room >= family.tileTokens && "reserve() before matmul()");
        tokens = std::min(tokens, room / family.tileTokens * family.tileTokens);
        largestTile = std::max(largestTile, family.tileTokens);
    }
    return tokens < x.rows && tokens > largestTile ? tokens / largestTile * largestTile : tokens;
}

void MatmulEngine::prepare(const FormatFamily &family, const TileMemory &tiles,
                           ConstMatrixView x) noexcept
{
    if (x.rows <= family.tileTokens || x.rows * x.cols < kNumbersForThreads) {
        family.prepare(x.data, x.stride, x.cols, 0, x.rows, tiles.data());
        return;
    }
    m_pool->run([&](int worker, int workers) {
        const Range range = split(x.rows, worker, workers, family.tileTokens);
        family.prepare(x.data, x.stride, x.cols, range.begin, range.end, tiles.data());
    });
}

// All panels of all outputs stand in one row that the threads share.
void MatmulEngine::multiply(std::span<const MatmulOutput> outputs, int64_t firstToken,
                            int64_t tokens, int64_t cols, const StopCheck &stop) noexcept
{
    int64_t panels = 0;
    for (const MatmulOutput &output : outputs)
        panels += packed(output.weight).panels();
    const auto body = [&](int worker, int workers) {
        const Range share = split(panels, worker, workers, kPanelGrain);
        int64_t first = 0; // of this output's panels in the row
        for (const MatmulOutput &output : outputs) {
            const int64_t count = packed(output.weight).panels();
            const int64_t begin = std::clamp<int64_t>(share.begin - first, 0, count);
            const int64_t end = std::clamp<int64_t>(share.end - first, 0, count);
            if (!multiplyPanels(output, {begin, end}, firstToken, tokens, stop))
                return;
            first += count;
        }
    };
    if (panels * kPanelRows * cols * tokens < kProductsForThreads)
        body(0, 1);
    else
        m_pool->run(body);
}

bool MatmulEngine::multiplyPanels(const MatmulOutput &output, Range panels, int64_t firstToken,
                                  int64_t tokens, const StopCheck &stop) const noexcept
{
    const PackedWeight &weight = packed(output.weight);
    const bool quantized = isQuantized(weight.format());
    const FormatFamily &family = quantized ? m_kernels.quantized : m_kernels.floats;
    const TileMemory &tiles = quantized ? m_quantizedTiles : m_floatTiles;
    const MultiplyPanels kernel = family.multiply[static_cast<size_t>(weight.format())];
    const PanelView view = weight.view();
    const PanelOutput target {output.y.row(firstToken), output.y.stride, output.bias};
    for (int64_t panel = panels.begin; panel < panels.end; panel += kPanelsBetweenLooks) {
        if (stop && stop())
            return false;
        const int64_t end = std::min(panel + kPanelsBetweenLooks, panels.end);
        kernel(view, panel, end, tiles.data(), tokens, target);
    }
    return true;
}

void MatmulEngine::embed(const Weight &table, std::span<const int32_t> ids, MatrixView out)
{
    const PackedWeight &weight = packed(&table);
    assert(weight.cols() == out.cols && static_cast<int64_t>(ids.size()) == out.rows);
    const auto body = [&](int worker, int workers) {
        const Range range = split(out.rows, worker, workers, 1);
        for (int64_t r = range.begin; r < range.end; ++r)
            weight.unpackRow(ids[static_cast<size_t>(r)], out.row(r));
    };
    if (out.rows * out.cols < kNumbersForThreads)
        body(0, 1);
    else
        m_pool->run(body);
}

} // namespace inferlab
