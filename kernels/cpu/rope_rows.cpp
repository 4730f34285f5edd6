// A thousandth of a step's time, so one plain loop serves every instruction set.
#include "rope_rows.h"

namespace inferlab {

void ropeRow(float *x, int64_t cols, int32_t headDim, int32_t ropeDim, const float *cosSin,
             RopeLayout layout) noexcept
{
    const int32_t pairs = ropeDim / 2;
    const int32_t step = layout == RopeLayout::AdjacentPairs ? 2 : 1; // from one pair to the next
    const int32_t apart = layout == RopeLayout::AdjacentPairs ? 1 : pairs; // the two of a pair
    for (float *head = x; head < x + cols; head += headDim) {
        for (int32_t i = 0; i < pairs; ++i) {
            const float first = head[step * i];
            const float second = head[step * i + apart];
            head[step * i] = first * cosSin[2 * i] - second * cosSin[2 * i + 1];
            head[step * i + apart] = first * cosSin[2 * i + 1] + second * cosSin[2 * i];
        }
    }
}

} // namespace inferlab
