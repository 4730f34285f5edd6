#include "logit_summary.h"

#include "exponentials.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

// Blocks that a row is looked at in: most hold none of the best, and their largest logit says so.
constexpr size_t kMostBlocks = 512;
constexpr size_t kBlockGrain = 16;

// Of `values`, the one that as many reach as the summary keeps, if there are so many.
float reachedByMost(std::span<const float> values)
{
    std::array<RankedToken, size_t {4} * LogitSummary::kMost> room;
    BestTokens best(LogitSummary::kMost, room);
    for (size_t i = 0; i < values.size(); ++i)
        best.offer({static_cast<int32_t>(i), values[i]});
    const std::span<const RankedToken> kept = best.inOrder();
    return kept.size() < LogitSummary::kMost ? -std::numeric_limits<float>::infinity()
                                             : kept.back().logit;
}

void keepBest(std::span<const float> logits, std::span<const float> blocks, size_t blockSize,
              LogitSummary &summary)
{
    std::array<RankedToken, size_t {4} * LogitSummary::kMost> room;
    BestTokens best(LogitSummary::kMost, room);
    // So many blocks have a logit that reaches this.
    const float reached = reachedByMost(blocks);
    best.expectAtLeast(reached);
    for (size_t b = 0; b < blocks.size(); ++b) {
        if (blocks[b] < reached)
            continue;
        const size_t end = std::min((b + 1) * blockSize, logits.size());
        for (size_t i = b * blockSize; i < end; ++i)
            best.offer({static_cast<int32_t>(i), logits[i]});
    }
    for (const RankedToken &token : best.inOrder()) {
        summary.logits[summary.count] = token.logit;
        summary.ids[summary.count++] = token.id;
    }
}

double weigh(std::span<const float> logits, Tempering tempering)
{
    std::array<float, kExponentialRun> terms;
    double sum = 0.0;
    for (size_t begin = 0; begin < logits.size(); begin += kExponentialRun) {
        const size_t count = std::min(kExponentialRun, logits.size() - begin);
        sum += logitLoops().sum(logits.subspan(begin, count), tempering, terms.data());
    }
    return sum;
}

} // namespace

LogitSummary summariseRow(std::span<const float> logits, float temperature) noexcept
{
    LogitSummary summary;
    const size_t share = (logits.size() + kMostBlocks - 1) / kMostBlocks;
    const size_t blockSize = (share + kBlockGrain - 1) / kBlockGrain * kBlockGrain;
    if (blockSize == 0)
        return summary;
    std::array<float, kMostBlocks> blocks;
    summary.notNumbers = logitLoops().largest(logits, blockSize, blocks.data());
    const size_t blockCount = (logits.size() + blockSize - 1) / blockSize;
    keepBest(logits, std::span(blocks).first(blockCount), blockSize, summary);
    const float largest = summary.logits[0];
    if (summary.notNumbers > 0 || !std::isfinite(largest))
        return summary; // nothing can be drawn from it
    summary.sum = weigh(logits, {largest, 1.0f});
    if (temperature > 0.0f)
        summary.sumTempered =
            temperature == 1.0f ? summary.sum : weigh(logits, {largest, temperature});
    return summary;
}

} // namespace inferlab
