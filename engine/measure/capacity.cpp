#include "engine/measure/capacity.h"

#include "engine/base/byte_text.h"
#include "engine/base/number_text.h"

#include <limits>

namespace inferlab {

namespace {

std::string tokensText(uint64_t tokens)
{
    return groupedText(tokens) + (tokens == 1 ? " token" : " tokens");
}

} // namespace

std::optional<Capacity> capacityOf(const CapacityQuestion &q)
{
    constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
    if (q.memoryBytes == 0 || q.contextTokens == 0 || q.kvBytesPerToken == 0)
        return std::nullopt;
    if (q.kvBytesPerToken > kMost / q.contextTokens || q.weightBytes > kMost - q.workspaceBytes)
        return std::nullopt; // more bytes than there are numbers for
    Capacity out;
    out.bytesPerUser = q.kvBytesPerToken * q.contextTokens;
    const uint64_t taken = q.weightBytes + q.workspaceBytes;
    out.weightsFit = taken <= q.memoryBytes;
    const std::string takenText = byteText(q.weightBytes) + " of weights"
        + (q.workspaceBytes > 0 ? " and " + byteText(q.workspaceBytes) + " of workspace" : "");
    if (!out.weightsFit) {
        out.sentence = byteText(q.memoryBytes) + " hold nobody: " + takenText + " do not fit.";
        return out;
    }
    const uint64_t left = q.memoryBytes - taken;
    out.users = left / out.bytesPerUser;
    out.restBytes = left % out.bytesPerUser;
    out.sentence = byteText(q.memoryBytes) + " hold "
        + (out.users == 0 ? "no user"
                          : groupedText(out.users) + (out.users == 1 ? " user" : " users"))
        + " of " + tokensText(q.contextTokens) + ": " + takenText + " leave " + byteText(left)
        + ", and each user takes " + byteText(out.bytesPerUser) + " of cache.";
    return out;
}

} // namespace inferlab
