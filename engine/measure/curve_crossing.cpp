#include "engine/measure/curve_crossing.h"

namespace inferlab {

std::optional<CurveCrossing> curveCrossing(std::span<const double> x, std::span<const double> a,
                                           std::span<const double> b)
{
    for (size_t i = 0; i < x.size(); ++i) {
        const double here = b[i] - a[i];
        if (here == 0)
            return CurveCrossing {x[i], a[i]};
        if (i + 1 == x.size())
            break;
        const double next = b[i + 1] - a[i + 1];
        if ((here < 0) == (next < 0) || next == 0)
            continue;
        const double share = here / (here - next);
        return CurveCrossing {x[i] + share * (x[i + 1] - x[i]), a[i] + share * (a[i + 1] - a[i])};
    }
    return std::nullopt;
}

} // namespace inferlab
