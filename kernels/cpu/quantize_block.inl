// One block of 32 activations to int8, as panel_format.h defines it: plain code for any compiler's
// vectors. Every operation rounds as written, so the bits are the same everywhere. Included inside
// an anonymous namespace.

// Adding 1.5 * 2^23 leaves no room for a fraction: the low bits are the number rounded to the
// nearest integer, ties to even.
constexpr float kRoundingShift = 12582912.0f;
constexpr int32_t kRoundingShiftBits = 0x4b400000;

inline void quantizeBlock(const float *x, int8_t *values, BlockFactors *factors)
{
    int32_t bits[kBlockColumns];
    __builtin_memcpy(bits, x, sizeof bits);
    int32_t largest = 0; // of magnitudes: their bits are in their order, NaN above infinity
    for (int i = 0; i < kBlockColumns; ++i) {
        const int32_t magnitude = bits[i] & 0x7fffffff;
        largest = magnitude > largest ? magnitude : largest;
    }
    float amax;
    __builtin_memcpy(&amax, &largest, sizeof amax);
    const bool finite = largest < kInfinityBits;
    if (!finite || amax < kSmallestMagnitude) {
        *factors = emptyBlock(finite, values);
        return;
    }
    const float inverse = 127.0f / amax;
    int32_t sums[2] = {0, 0};
    for (int i = 0; i < kBlockColumns; ++i) {
        const float shifted = x[i] * inverse + kRoundingShift;
        int32_t shiftedBits;
        __builtin_memcpy(&shiftedBits, &shifted, sizeof shiftedBits);
        const int32_t value = shiftedBits - kRoundingShiftBits;
        values[i] = static_cast<int8_t>(value);
        sums[i / (kBlockColumns / 2)] += value;
    }
    *factors = blockFactors(amax, sums[0], sums[1]);
}
