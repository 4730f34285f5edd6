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
    for (const ReadRate &rate : limits.rereads) {
        if (!limits.needsCaches(rate.bytesPerSecond))
            continue;
        const std::string size = shortText(rate.bytes / kMebi, kDigits) + " MiB";
        text += text.empty() ? "" : ", ";
        text += shortText(rate.bytesPerSecond * 1e-9, kDigits);
        text += text.find("MiB") == std::string::npos
            ? " where the same " + size + " are read again and again"
            : " of " + size;
    }
    return text;
}

} // namespace inferlab
