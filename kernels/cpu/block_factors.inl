// What goes with a block of 32 quantised activations (see panel_format.h). Included inside an
// anonymous namespace.

// The bits of magnitudes that are not finite are from here on.
constexpr int32_t kInfinityBits = 0x7f800000;

// first, second: the sums of the first and the second sixteen int8.
inline BlockFactors blockFactors(float amax, int32_t first, int32_t second)
{
    const float scale = amax / 127.0f;
    const int32_t sum = first + second;
    return {
        scale, scale * static_cast<float>(sum), -8 * sum, -128 * sum, {-32 * first, -32 * second}};
}

// Of a block whose activations are tiny, or not all finite.
inline BlockFactors emptyBlock(bool finite, int8_t *values)
{
    __builtin_memset(values, 0, kBlockColumns);
    const float scale = finite ? 0.0f : __builtin_nanf("");
    return {scale, scale, 0, 0, {0, 0}};
}
