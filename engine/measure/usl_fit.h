// The Universal Scalability Law, fitted to measured points.
#pragma once

#include "engine/measure/knee.h"

namespace inferlab {

// Least squares on throughput, with sigma and kappa at least 0. Nullopt for fewer than three points
// (the law has three parameters) or when no finite fit exists. Loads distinct, all values positive.
std::optional<UslFit> fitUsl(std::span<const LoadPoint> points);

} // namespace inferlab
