// Where two measured curves cross, between the points at which both were measured.
#pragma once

#include <optional>
#include <span>

namespace inferlab {

struct CurveCrossing
{
    double x = 0, y = 0;
};

// The first place where the sign of b - a changes, by linear interpolation between neighbours; a
// point at which they are equal counts. x strictly rising, all of one length. Nullopt where one
// lies above the other throughout.
std::optional<CurveCrossing> curveCrossing(std::span<const double> x, std::span<const double> a,
                                           std::span<const double> b);

} // namespace inferlab
