// A sweep line over the requests' beginnings and ends.
#include "engine/measure/concurrency.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;

struct Flight
{
    int64_t from = 0;
    int64_t to = 0;
};

std::vector<Flight> flightsOf(const RunRecord &run)
{
    int64_t known = std::numeric_limits<int64_t>::min();
    for (const StepRecord &step : run.steps)
        known = std::max(known, step.endNs);
    for (const RequestRecord &request : run.requests) {
        known = std::max({known, request.submittedNs, request.endNs});
        if (!request.tokens.empty())
            known = std::max(known, request.tokens.back().ns);
    }
    std::vector<Flight> result;
    result.reserve(run.requests.size());
    for (const RequestRecord &request : run.requests)
        result.push_back({request.submittedNs, request.endNs != 0 ? request.endNs : known});
    return result;
}

int64_t firstOf(const std::vector<Flight> &flights)
{
    int64_t first = std::numeric_limits<int64_t>::max();
    for (const Flight &flight : flights)
        first = std::min(first, flight.from);
    return first;
}

// Beginnings (+1) and ends (-1), the ends of an instant before its beginnings.
std::vector<std::pair<int64_t, int>> changesOf(const std::vector<Flight> &flights)
{
    std::vector<std::pair<int64_t, int>> changes;
    changes.reserve(flights.size() * 2);
    for (const Flight &flight : flights) {
        if (flight.to <= flight.from)
            continue;
        changes.emplace_back(flight.from, +1);
        changes.emplace_back(flight.to, -1);
    }
    std::sort(changes.begin(), changes.end());
    return changes;
}

} // namespace

Concurrency concurrencyOf(const RunRecord &run)
{
    const std::vector<Flight> flights = flightsOf(run);
    if (flights.empty())
        return {};
    const int64_t first = firstOf(flights);
    int64_t last = std::numeric_limits<int64_t>::min();
    double inFlightNs = 0.0;
    for (const Flight &flight : flights) {
        last = std::max(last, flight.to);
        inFlightNs += static_cast<double>(flight.to - flight.from);
    }
    Concurrency result;
    result.durationS = static_cast<double>(last - first) / kNsPerS;
    if (last > first)
        result.mean = inFlightNs / static_cast<double>(last - first);
    int now = 0;
    for (const auto &[ns, change] : changesOf(flights)) {
        now += change;
        result.peak = std::max(result.peak, now);
    }
    return result;
}

std::vector<ConcurrencyStep> concurrencyOverTime(const RunRecord &run)
{
    const std::vector<Flight> flights = flightsOf(run);
    const auto changes = changesOf(flights);
    const int64_t first = flights.empty() ? 0 : firstOf(flights);
    std::vector<ConcurrencyStep> steps;
    int now = 0;
    for (size_t i = 0; i < changes.size(); ++i) {
        now += changes[i].second;
        if (i + 1 < changes.size() && changes[i + 1].first == changes[i].first)
            continue;
        if (steps.empty() || steps.back().inFlight != now)
            steps.push_back({static_cast<double>(changes[i].first - first) / kNsPerS, now});
    }
    return steps;
}

} // namespace inferlab
