// Throughput over time: tokens counted into windows, and the speed that one sequence saw in each.
#include "engine/measure/metrics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <limits>
#include <vector>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;

// A record of hours, or one with a wild time in it, gets wider windows rather than unbounded
// memory: a chart has no more pixels than this.
constexpr int64_t kMostWindows = 16384;

// For people: no more of them than a small chart can show, and several tokens in each.
constexpr int64_t kNsPerMs = 1'000'000;
constexpr std::array<int64_t, 12> kRoundWindowsMs {50,   100,   200,   500,   1000,   2000,
                                                   5000, 10000, 30000, 60000, 300000, 600000};
constexpr int64_t kShownWindows = 60;
constexpr int64_t kGapsInWindow = 3;

struct Extent
{
    int64_t from = std::numeric_limits<int64_t>::max(); // first submit
    int64_t to = std::numeric_limits<int64_t>::min();   // last that is known
    bool hasTokens = false;
};

Extent extentOf(const RunRecord &run)
{
    Extent extent;
    for (const RequestRecord &request : run.requests) {
        extent.from = std::min(extent.from, request.submittedNs);
        extent.to = std::max({extent.to, request.submittedNs, request.endNs});
        if (request.tokens.empty())
            continue;
        extent.to = std::max(extent.to, request.tokens.back().ns);
        extent.hasTokens = true;
    }
    return extent;
}

// Windows of equal width; the rest at the end is a window of its own from half a width on, and
// belongs to the window before it otherwise, so that a sliver with one token is no peak.
class Windows
{
public:
    Windows(const Extent &extent, int64_t widthNs)
        : m_from(extent.from)
        , m_to(extent.to)
        , m_width(std::max(widthNs, (extent.to - extent.from) / kMostWindows + 1))
    {
        const int64_t length = m_to - m_from;
        const int64_t whole = length / m_width;
        const int64_t rest = length - whole * m_width;
        m_count = whole + (rest >= m_width - rest ? 1 : 0);
        m_count = std::max<int64_t>(m_count, 1);
    }

    size_t count() const { return static_cast<size_t>(m_count); }
    size_t at(int64_t ns) const
    {
        return static_cast<size_t>(std::clamp<int64_t>((ns - m_from) / m_width, 0, m_count - 1));
    }
    int64_t begin(size_t window) const { return m_from + static_cast<int64_t>(window) * m_width; }
    int64_t end(size_t window) const
    {
        return window + 1 == count() ? m_to : begin(window) + m_width;
    }

private:
    int64_t m_from;
    int64_t m_to;
    int64_t m_width;
    int64_t m_count = 0;
};

// What one sequence did in one window: a gap that crosses a border counts on each side by its
// share.
struct Decoding
{
    double tokens = 0.0;
    double ns = 0.0;
};

struct WindowSum
{
    int64_t tokens = 0;
    double userRates = 0.0; // tok/s, summed over the sequences that were decoding
    int32_t users = 0;
};

void addGap(const Windows &windows, int64_t from, const TokenRecord &token,
            std::vector<Decoding> &decoding)
{
    const auto gap = static_cast<double>(token.ns - from);
    if (gap <= 0.0) {
        decoding[windows.at(token.ns)].tokens += token.count;
        return;
    }
    for (size_t w = windows.at(from); w <= windows.at(token.ns); ++w) {
        const int64_t overlap =
            std::min(windows.end(w), token.ns) - std::max(windows.begin(w), from);
        if (overlap <= 0)
            continue;
        decoding[w].ns += static_cast<double>(overlap);
        decoding[w].tokens += token.count * (static_cast<double>(overlap) / gap);
    }
}

// `decoding` is all zeros before and after.
void addRequest(const RequestRecord &request, const Windows &windows,
                std::vector<Decoding> &decoding, std::vector<WindowSum> &sums)
{
    const TokenRecord *first = nullptr;
    const TokenRecord *before = nullptr;
    for (const TokenRecord &token : request.tokens) {
        if (token.count <= 0)
            continue;
        sums[windows.at(token.ns)].tokens += token.count;
        if (before)
            addGap(windows, before->ns, token, decoding);
        else
            first = &token;
        before = &token;
    }
    if (!first)
        return;
    for (size_t w = windows.at(first->ns); w <= windows.at(before->ns); ++w) {
        if (decoding[w].ns > 0.0) {
            sums[w].userRates += decoding[w].tokens / decoding[w].ns * kNsPerS;
            ++sums[w].users;
        }
        decoding[w] = {};
    }
}

} // namespace

std::vector<ThroughputPoint> throughputOverTime(const RunRecord &run, int64_t windowNs)
{
    assert(windowNs > 0);
    const Extent extent = extentOf(run);
    if (!extent.hasTokens || extent.to <= extent.from)
        return {};
    const Windows windows(extent, windowNs);
    std::vector<Decoding> decoding(windows.count());
    std::vector<WindowSum> sums(windows.count());
    for (const RequestRecord &request : run.requests) {
        if (request.endReason != EndReason::Error)
            addRequest(request, windows, decoding, sums);
    }
    std::vector<ThroughputPoint> points;
    points.reserve(sums.size());
    for (size_t w = 0; w < sums.size(); ++w) {
        const auto lengthS = static_cast<double>(windows.end(w) - windows.begin(w)) / kNsPerS;
        ThroughputPoint point;
        point.seconds = static_cast<double>(windows.begin(w) - extent.from) / kNsPerS + lengthS / 2;
        point.totalTokPerSecond = static_cast<double>(sums[w].tokens) / lengthS;
        if (sums[w].users > 0)
            point.userTokPerSecond = sums[w].userRates / sums[w].users;
        points.push_back(point);
    }
    return points;
}

int64_t throughputWindowNs(const RunRecord &run)
{
    const Extent extent = extentOf(run);
    if (!extent.hasTokens)
        return kRoundWindowsMs.front() * kNsPerMs;
    int64_t last = extent.from; // not an end without a token: a live run has none
    std::vector<int64_t> gaps;  // the mean of each request
    for (const RequestRecord &request : run.requests) {
        if (request.tokens.empty())
            continue;
        last = std::max(last, request.tokens.back().ns);
        const auto count = static_cast<int64_t>(request.tokens.size()) - 1;
        if (count > 0)
            gaps.push_back((request.tokens.back().ns - request.tokens.front().ns) / count);
    }
    int64_t least = (last - extent.from) / kShownWindows;
    if (!gaps.empty()) {
        const auto median = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
        std::nth_element(gaps.begin(), median, gaps.end());
        least = std::max(least, kGapsInWindow * *median);
    }
    const auto window = std::find_if(kRoundWindowsMs.begin(), kRoundWindowsMs.end(),
                                     [least](int64_t ms) { return ms * kNsPerMs >= least; });
    return (window == kRoundWindowsMs.end() ? kRoundWindowsMs.back() : *window) * kNsPerMs;
}

} // namespace inferlab
