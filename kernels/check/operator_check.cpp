// Runs a case on two backends and compares; runs a case again and again and takes the median.
#include "operator_check.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace inferlab {

namespace {

double maxErrorOf(const std::vector<float> &tested, const std::vector<float> &reference,
                  bool &finite)
{
    if (tested.size() != reference.size())
        return std::numeric_limits<double>::infinity();
    double sumOfSquares = 0.0;
    double largest = 0.0;
    for (size_t i = 0; i < reference.size(); ++i) {
        const auto expected = static_cast<double>(reference[i]);
        const auto found = static_cast<double>(tested[i]);
        finite = finite && std::isfinite(found);
        sumOfSquares += expected * expected;
        largest = std::max(largest, std::abs(found - expected));
    }
    const double rms =
        std::sqrt(sumOfSquares / static_cast<double>(std::max<size_t>(1, reference.size())));
    return rms > 0.0 ? largest / rms : largest;
}

double toleranceOn(const Backend &tested, const OperatorCase &operatorCase)
{
    const bool usesTensorCores = !tested.hasHostMemory() && !tested.batchInvariant();
    return usesTensorCores ? std::max(operatorCase.tolerance, operatorCase.tensorTolerance)
                           : operatorCase.tolerance;
}

} // namespace

OperatorComparison compareOperator(const OperatorCase &operatorCase, Backend &tested,
                                   Backend &reference)
{
    OperatorComparison comparison;
    for (Backend *backend : {&tested, &reference}) {
        comparison.unsupported = operatorCase.unsupported(*backend);
        if (!comparison.unsupported.empty())
            return comparison;
    }
    const std::unique_ptr<PreparedOperator> expected = operatorCase.prepare(reference);
    const std::unique_ptr<PreparedOperator> found = operatorCase.prepare(tested);
    expected->run();
    // As a step's, so that its kernels are launched as those of a model are; not one that decodes,
    // which would be recorded.
    StepKey key;
    key.rows = 2;
    key.sequences = 1;
    tested.runStep(key, [&found] { found->run(); });
    comparison.maxError = maxErrorOf(found->output(), expected->output(), comparison.finite);
    comparison.tolerance = toleranceOn(tested, operatorCase);
    comparison.guardsIntact = found->guardsIntact();
    comparison.passed =
        comparison.finite && comparison.guardsIntact && comparison.maxError <= comparison.tolerance;
    return comparison;
}

double timeOperator(const OperatorCase &operatorCase, Backend &backend, double seconds,
                    const StopCheck &stop)
{
    using Clock = std::chrono::steady_clock;
    const std::unique_ptr<PreparedOperator> prepared = operatorCase.prepare(backend);
    // A GPU computes while the program goes on: what is downloaded has been computed. So many runs
    // go before a wait that waiting does not count.
    const std::unique_ptr<Buffer> word =
        backend.hasHostMemory() ? nullptr : backend.allocate(sizeof(uint32_t));
    const auto wait = [&] {
        uint32_t value = 0;
        if (word)
            backend.download(&value, word->data(), sizeof value);
    };
    constexpr double kWorthWaiting = 2e-3;
    prepared->run();
    wait();
    std::vector<double> times;
    double total = 0.0;
    for (int runs = 1; times.size() < 3 || total < seconds;) {
        if (stop && stop())
            return 0.0;
        const Clock::time_point begin = Clock::now();
        for (int i = 0; i < runs; ++i)
            prepared->run();
        wait();
        const double taken = std::chrono::duration<double>(Clock::now() - begin).count();
        if (word && taken < kWorthWaiting) {
            runs *= 2;
            continue;
        }
        times.push_back(taken / runs);
        total += taken;
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                     times.end());
    return times[times.size() / 2];
}

} // namespace inferlab
