// How long one pass over some memory takes where passes follow each other, so that caches hold what
// they can of it.
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace inferlab {

// readChunk(i) reads chunk i and returns its seconds. The first pass fills the caches and does not
// count. Of each chunk the fastest of `passes` counts, and their sum is the answer: other programs
// slow some chunks of some passes, while what no cache holds is slow in all of them.
template <typename ReadChunk>
double secondsOfPass(int chunks, int passes, const ReadChunk &readChunk)
{
    std::vector<double> fastest(static_cast<size_t>(chunks),
                                std::numeric_limits<double>::infinity());
    for (int pass = 0; pass <= passes; ++pass) {
        for (int chunk = 0; chunk < chunks; ++chunk) {
            const double seconds = readChunk(chunk);
            double &best = fastest[static_cast<size_t>(chunk)];
            if (pass > 0)
                best = std::min(best, seconds);
        }
    }
    return std::accumulate(fastest.begin(), fastest.end(), 0.0);
}

} // namespace inferlab
