#include "wide_draw.h"

#include <algorithm>
#include <array>
#include <optional>

namespace inferlab {

namespace {

class Row
{
public:
    Row(std::span<const float> logits, Tempering tempering) noexcept
        : m_logits(logits)
        , m_tempering(tempering)
    { }

    double weight(const TokenSet &set) noexcept
    {
        double sum = 0.0;
        for (size_t begin = 0; begin < m_logits.size(); begin += kExponentialRun)
            sum += weighRun(begin, set);
        return sum;
    }

    // The token of the set, in the order of ids, at which the weights reach beyond `target`; none
    // where they do not.
    std::optional<RankedToken> at(double target, const TokenSet &set) noexcept
    {
        double before = 0.0;
        for (size_t begin = 0; begin < m_logits.size(); begin += kExponentialRun) {
            const double sum = weighRun(begin, set);
            const size_t end = std::min(begin + kExponentialRun, m_logits.size());
            if (target < before + sum) {
                size_t last = begin; // with a weight, should rounding leave the target beyond it
                for (size_t i = begin; i < end; ++i) {
                    const float term = m_terms[i - begin];
                    last = term > 0.0f ? i : last;
                    before += static_cast<double>(term);
                    if (target < before)
                        break;
                }
                return token(last);
            }
            before += sum;
        }
        return std::nullopt;
    }

private:
    double weighRun(size_t begin, const TokenSet &set) noexcept
    {
        const size_t count = std::min(kExponentialRun, m_logits.size() - begin);
        return logitLoops().sumOf(m_logits.subspan(begin, count), m_tempering, set,
                                  static_cast<int32_t>(begin), m_terms.data());
    }
    RankedToken token(size_t id) const noexcept { return {static_cast<int32_t>(id), m_logits[id]}; }

    std::span<const float> m_logits;
    Tempering m_tempering;
    std::array<float, kExponentialRun> m_terms;
};

} // namespace

// Where top-p refuses the token that was drawn, it keeps none that rank after it either: the next
// is drawn from those before it. A token that is kept is in every set that is drawn from, so each
// is as likely as it weighs; and a refused token cuts the set by half or so.
int32_t drawWide(std::span<const float> logits, const WideCuts &cuts, Random &random) noexcept
{
    Row row(logits, cuts.tempering);
    TokenSet set;
    set.leastWeight = cuts.minP;
    double mass = cuts.minP > 0.0f ? row.weight(set) : cuts.total;
    for (;;) {
        const std::optional<RankedToken> token = row.at(random.uniform() * mass, set);
        if (!token) { // a device that adds up in another order said more than there is
            mass = row.weight(set);
            continue;
        }
        if (cuts.topP >= 1.0f)
            return token->id;
        set = {*token, 0.0f};
        const double before = row.weight(set);
        if (before < cuts.topP * cuts.total || before == 0.0)
            return token->id;
        mass = before;
    }
}

} // namespace inferlab
