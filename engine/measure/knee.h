// Where more load stops paying: several definitions of the knee, by name, each with its answer or
// none. Sources: Satopaa et al. 2011 (Kneedle; as in kneed 0.8.6), Kleinrock (power), Gunther
// (USL).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace inferlab {

struct LoadPoint
{
    double load = 0;       // batch size or concurrency
    double throughput = 0; // tok/s total
    double latencyMs = 0;  // the chosen percentile
    // P99 of the same latencies, by which degradation is judged, and how many there are. Absent
    // where only one percentile is known, as in a table from elsewhere.
    std::optional<double> p99Ms = std::nullopt;
    size_t n = 0;
};

// Of what was measured at one load: nullopt where it is no point of a curve, since the load is not
// above 0 or there is no throughput or latency. percentile in 0 .. 100.
std::optional<LoadPoint> loadPoint(double load, std::optional<double> tokPerSecond,
                                   std::span<const double> latenciesMs, double percentile);

enum class CurveShape { Concave, Convex };
enum class CurveDirection { Increasing, Decreasing };

// Index of the knee of y over x, or none. x strictly rising.
std::optional<size_t> kneedle(std::span<const double> x, std::span<const double> y,
                              CurveShape shape, CurveDirection direction, double sensitivity = 1.0);

struct UslFit
{
    double lambda = 0, sigma = 0, kappa = 0;
    std::optional<double> peakLoad; // sqrt((1 - sigma) / kappa)
};

struct KneeAnswer
{
    std::string method; // "kneedle_linear", "kneedle_log2", "max_power", "crossing", "degradation",
                        // "usl", "budget"
    std::optional<double> load;
    std::string
        note; // in words: "first P99 above 1.2 x baseline", "budget 100 ms: 32 passes, 64 fails"
    bool byP99 = false;  // degradation: of P99, else of the points' own latency
    bool claimed = true; // false: there are fewer latencies than P99 needs (samplesNeeded())
};

struct KneeReport
{
    std::vector<KneeAnswer> answers;   // every method, in a fixed order
    std::optional<double> recommended; // Kneedle on log2, else linear, else max power
    std::string recommendedBy;
    bool methodsDisagree = false; // Kneedle linear against log2
    std::optional<UslFit> usl;
};

// Points in any order; throws InputError for non-positive or non-finite values or repeated loads.
KneeReport findKnees(std::vector<LoadPoint> points, std::optional<double> budgetMs = std::nullopt);

} // namespace inferlab
