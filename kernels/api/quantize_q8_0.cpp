#include "quantize_q8_0.h"

#include "dtype.h"
#include "half.h"

#include <cmath>
#include <cstring>

namespace inferlab {

void quantizeQ8_0(const float *x, int64_t elements, void *out) noexcept
{
    const auto block = static_cast<int64_t>(dtypeInfo(DType::Q8_0).blockElements);
    auto *bytes = static_cast<unsigned char *>(out);
    for (int64_t first = 0; first < elements; first += block) {
        float largest = 0.0f;
        bool finite = true;
        for (int64_t i = 0; i < block; ++i) {
            const float magnitude = std::fabs(x[first + i]);
            finite = finite && magnitude < INFINITY;
            largest = magnitude > largest ? magnitude : largest;
        }
        // What is no number stays none: an infinite scale times a code of 0.
        const uint16_t scale = floatToHalf(finite ? largest / 127.0f : INFINITY);
        const float inverse = finite && largest > 0.0f ? 127.0f / largest : 0.0f;
        std::memcpy(bytes, &scale, sizeof scale);
        bytes += sizeof scale;
        for (int64_t i = 0; i < block; ++i) {
            const float code = finite ? std::nearbyint(x[first + i] * inverse) : 0.0f;
            *bytes++ = static_cast<unsigned char>(static_cast<int8_t>(code));
        }
    }
}

} // namespace inferlab
