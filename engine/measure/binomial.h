// The binomial distribution, for exact intervals of percentiles and of shares.
#pragma once

#include "engine/measure/percentile_interval.h"

#include <cstddef>

namespace inferlab {

// P(B = k) for B ~ Binomial(n, q), q in (0, 1), k <= n; n may be large.
double binomialProbability(size_t n, size_t k, double q);

// The exact interval of a share of which k of n were seen (Clopper and Pearson 1934): it holds the
// true share with at least `confidence`. n > 0, k <= n.
PercentileInterval shareInterval(size_t k, size_t n, double confidence = 0.95);

} // namespace inferlab
