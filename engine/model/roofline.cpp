#include "engine/model/roofline.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace inferlab {

namespace {

void addPart(const PartCost &part, double readPerSecond, const DeviceLimits &limits,
             StepTime &time) noexcept
{
    const double moving = part.bytes / readPerSecond;
    double computing = part.attentionRows / limits.attentionRowsPerSecond
        + part.attentionTiles / limits.attentionTilesPerSecond;
    for (size_t kind = 0; kind < kProductKinds; ++kind)
        computing += part.products[kind] / limits.productsPerSecond[kind];
    if (moving >= computing)
        time.bandwidthSeconds += moving;
    else
        time.computeSeconds += computing;
}

// Rows are drawn beside each other, and none of them faster than alone.
double drawingSeconds(const StepCost &cost, const DeviceLimits &limits) noexcept
{
    if (cost.tokens == 0)
        return 0;
    const double ofRow = cost.drawnElements / static_cast<double>(cost.tokens);
    return std::max(ofRow / limits.drawnOfRowPerSecond,
                    cost.drawnElements / limits.drawnElementsPerSecond);
}

double operatorSeconds(const StepCost &cost, double ofLarge, double ofSmall) noexcept
{
    return static_cast<double>(cost.largeOperators) * ofLarge
        + static_cast<double>(cost.smallOperators) * ofSmall;
}

} // namespace

double DeviceLimits::readPerSecond(double stepBytes) const noexcept
{
    const auto above = std::find_if(rereads.begin(), rereads.end(), [stepBytes](const ReadRate &r) {
        return r.bytes >= stepBytes;
    });
    if (above == rereads.end())
        return bytesPerSecond;
    if (above == rereads.begin())
        return above->bytesPerSecond;
    const ReadRate &below = *std::prev(above);
    const double share = std::log(stepBytes / below.bytes) / std::log(above->bytes / below.bytes);
    return below.bytesPerSecond + share * (above->bytesPerSecond - below.bytesPerSecond);
}

bool DeviceLimits::needsCaches(double bytesReadPerSecond) const noexcept
{
    constexpr double kClearly = 1.1;
    return bytesReadPerSecond > kClearly * bytesPerSecond;
}

const char *stepLimitName(StepLimit limit) noexcept
{
    switch (limit) {
    case StepLimit::Bandwidth:
        return "bandwidth";
    case StepLimit::Compute:
        return "compute";
    case StepLimit::Overhead:
        break;
    }
    return "overhead";
}

StepLimit StepTime::limit() const noexcept
{
    if (bandwidthSeconds >= computeSeconds && bandwidthSeconds >= overheadSeconds)
        return StepLimit::Bandwidth;
    return computeSeconds >= overheadSeconds ? StepLimit::Compute : StepLimit::Overhead;
}

StepTime &StepTime::operator+=(const StepTime &other) noexcept
{
    bandwidthSeconds += other.bandwidthSeconds;
    computeSeconds += other.computeSeconds;
    overheadSeconds += other.overheadSeconds;
    return *this;
}

StepTime stepTime(const StepCost &cost, const DeviceLimits &limits, bool isReplayed) noexcept
{
    StepTime time;
    const double readPerSecond = limits.readPerSecond(cost.bytes());
    for (const PartCost *part : {&cost.layers, &cost.attention, &cost.output})
        addPart(*part, readPerSecond, limits, time);
    time.overheadSeconds =
        cost.rowElements / limits.rowElementsPerSecond + drawingSeconds(cost, limits);
    const double byHost =
        operatorSeconds(cost, limits.largeOperatorSeconds, limits.smallOperatorSeconds);
    if (limits.replayedLargeSeconds <= 0) {
        time.overheadSeconds += byHost;
        return time;
    }
    time.overheadSeconds +=
        operatorSeconds(cost, limits.replayedLargeSeconds, limits.replayedSmallSeconds);
    if (!isReplayed) // the device waits where its host is the slower of the two
        time.overheadSeconds += std::max(0.0, byHost - time.seconds());
    return time;
}

} // namespace inferlab
