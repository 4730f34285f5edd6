#include "app/machine/read_rates_text.h"

#include "engine/base/number_text.h"

namespace inferlab {

namespace {

constexpr int kDigits = 3;
constexpr double kMebi = 1024.0 * 1024.0;

} // namespace

std::string readRatesText(const DeviceLimits &limits)
{
    std::string text;
    for (const ReadRate &read : limits.rereads) {
        if (!limits.needsCaches(read.bytesPerSecond))
            continue;
        const std::string size = shortText(read.bytes / kMebi, kDigits) + " MiB";
        const std::string rate = shortText(read.bytesPerSecond * 1e-9, kDigits);
        text += text.empty() ? rate + " where the same " + size + " are read again and again"
                             : ", " + rate + " of " + size;
    }
    return text;
}

} // namespace inferlab
