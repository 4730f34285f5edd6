#include "code_targets.h"

#include <charconv>
#include <vector>

namespace inferlab::cuda {

namespace {

struct Target
{
    int major = 0, minor = 0;
    bool isReal = false, isPtx = false;
};

std::vector<Target> parsed(std::string_view targets)
{
    constexpr int kMinors = 10; // 90 is 9.0
    std::vector<Target> all;
    while (!targets.empty()) {
        const std::string_view one = targets.substr(0, targets.find(' '));
        targets.remove_prefix(one.size() < targets.size() ? one.size() + 1 : one.size());
        int capability = 0;
        std::from_chars(one.data(), one.data() + one.size(), capability);
        all.push_back({capability / kMinors, capability % kMinors, !one.ends_with("-virtual"),
                       !one.ends_with("-real")});
    }
    return all;
}

} // namespace

bool hasCodeFor(std::string_view targets, int major, int minor)
{
    for (const Target &target : parsed(targets)) {
        const bool sameMajor = target.major == major && target.minor <= minor;
        if ((target.isReal && sameMajor) || (target.isPtx && (sameMajor || target.major < major)))
            return true;
    }
    return false;
}

std::string targetsText(std::string_view targets)
{
    const std::vector<Target> all = parsed(targets);
    std::string text;
    bool later = false;
    for (size_t i = 0; i < all.size(); ++i) {
        if (i > 0)
            text += i + 1 == all.size() ? " and " : ", ";
        text += std::to_string(all[i].major) + "." + std::to_string(all[i].minor);
        later = later || all[i].isPtx;
    }
    return text + (later ? ", and later ones" : "");
}

} // namespace inferlab::cuda
