#include "wide_draw.h"

#include <algorithm>
#include <array>

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

    // The token of the set, in the order of ids, at which the weights reach beyond `target`.
    RankedToken at(double target, const TokenSet &set) noexcept
    {
        double before = 0.0;
        size_t last = 0; // of the set, should rounding leave the target beyond all
        for (size_t begin = 0; begin < m_logits.size(); begin += kExponentialRun) {
            const double sum = weighRun(begin, set);
            const size_t end = std::min(begin + kExponentialRun, m_logits.size());
            const bool isHere = target < before + sum;
            double reached = before;
            for (size_t i = begin; sum > 0.0 && i < end; ++i) {
                const float term = m_terms[i - begin];
                if (term == 0.0f)
                    continue;
                last = i;
                reached += static_cast<double>(term);
                if (isHere && target < reached)
                    return token(i);
            }
            if (isHere)
                break;
            before += sum;
        }
        return token(last);
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
        const RankedToken token = row.at(random.uniform() * mass, set);
        if (cuts.topP >= 1.0f)
            return token.id;
        set = {token, 0.0f};
        const double before = row.weight(set);
        if (before < cuts.topP * cuts.total || before == 0.0)
            return token.id;
        mass = before;
    }
}

} // namespace inferlab
