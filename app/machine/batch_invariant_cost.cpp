#include "app/machine/batch_invariant_cost.h"

#include "app/machine/operator_timer.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace inferlab {

namespace {

double decodeSeconds(OperatorTimer &timer, const DecodeSizes &sizes, int64_t batch)
{
    constexpr int kProducts = 4; // large ones of a layer
    constexpr CacheShape kCache {DType::F16, 9, 3, 64, 32};
    const std::vector<SequenceShape> sequences(static_cast<size_t>(batch),
                                               {sizes.contextTokens, 1});
    return kProducts
        * timer.seconds(matmulCase(DType::Q8_0, batch, sizes.width, sizes.width, false))
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

double batchInvariantCost(Backend &backend, const DecodeSizes &sizes, const StopCheck &stop)
{
    const ChoiceScope scope(backend);
    OperatorTimer timer(backend, stop);
    double most = -std::numeric_limits<double>::infinity();
    for (const int64_t batch : {1, 8}) {
        backend.setBatchInvariant(false);
        const double fastest = decodeSeconds(timer, sizes, batch);
        backend.setBatchInvariant(true);
        most = std::max(most, decodeSeconds(timer, sizes, batch) / fastest - 1.0);
    }
    return most;
}

} // namespace inferlab
