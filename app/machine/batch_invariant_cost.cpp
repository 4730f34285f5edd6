#include "app/machine/batch_invariant_cost.h"

#include "app/machine/operator_timer.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace inferlab {

namespace {

using Sequences = std::vector<SequenceShape>; // of a step

// A prompt is where tensor cores' attention and the vendor's library do the work otherwise.
std::vector<Sequences> stepsToTime(const StepSizes &sizes)
{
    const SequenceShape decoding {sizes.contextTokens, 1};
    const SequenceShape prompt {sizes.promptTokens, sizes.promptTokens};
    return {Sequences(1, decoding), Sequences(8, decoding), Sequences(1, prompt)};
}

double stepSeconds(OperatorTimer &timer, DType dtype, int64_t width, const Sequences &sequences)
{
    constexpr int kProducts = 4; // large ones of a layer
    constexpr CacheShape kCache {DType::F16, 9, 3, 64, 32};
    int64_t rows = 0;
    for (const SequenceShape &sequence : sequences)
        rows += sequence.newTokens;
    return kProducts * timer.seconds(matmulCase(dtype, rows, width, width, false))
        + timer.seconds(attentionCase(kCache, sequences));
}

// Sets the choice back when it goes, whatever happened.
class ChoiceScope
{
public:
    explicit ChoiceScope(Backend &backend)
        : m_backend(backend)
        , m_before(backend.batchInvariant())
    { }
    ~ChoiceScope() { m_backend.setBatchInvariant(m_before); }
    ChoiceScope(const ChoiceScope &) = delete;
    ChoiceScope &operator=(const ChoiceScope &) = delete;

private:
    Backend &m_backend;
    bool m_before;
};

} // namespace

double batchInvariantCost(Backend &backend, const StepSizes &sizes, const StopCheck &stop)
{
    const ChoiceScope scope(backend);
    OperatorTimer timer(backend, stop);
    double most = -std::numeric_limits<double>::infinity();
    for (const DType dtype : {DType::Q8_0, DType::F16}) {
        for (const Sequences &step : stepsToTime(sizes)) {
            backend.setBatchInvariant(false);
            const double fastest = stepSeconds(timer, dtype, sizes.width, step);
            backend.setBatchInvariant(true);
            most = std::max(most, stepSeconds(timer, dtype, sizes.width, step) / fastest - 1.0);
        }
    }
    return most;
}

} // namespace inferlab
