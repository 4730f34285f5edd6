// Operators on single rows, in terms of the few vector operations that vector_kernels_<isa>.cpp
// defines before it includes this text in its anonymous namespace. (Text and not a header: compiled
// once for each instruction set, none of it may be shared between them.)

// What lies beyond the end of a row reads as zero.
template <typename Element>
Reg loadPart(const Element *source, int64_t count)
{
    Element padded[kWidth] = {};
    std::memcpy(padded, source, static_cast<size_t>(count) * sizeof(Element));
    return load(padded);
}

void storePart(float *target, Reg value, int64_t count)
{
    float padded[kWidth];
    store(padded, value);
    std::memcpy(target, padded, static_cast<size_t>(count) * sizeof(float));
}

// exp(x) = 2^n exp(r), n = round(x / ln 2), so that |r| <= ln(2) / 2. The Taylor series to r^7 is
// then off by less than r^8 / 8! = 5.2e-9, a tenth of float32's rounding. 1 + r + ... is summed
// from the end.
Reg expOf(Reg x)
{
    // exp(89) is above the largest float. Below the smallest normal number is 0: many processors
    // take a hundred cycles and more to make a subnormal one, or a zero from so small a number, and
    // scores that are masked or far below the largest are common.
    const Reg least = broadcast(-87.336f);
    const Reg asked = x;
    x = smaller(broadcast(89.0f), larger(least, x));
    const Reg magic = broadcast(0x1.8p23f); // adding it rounds to a whole number
    const Reg n = multiplyAdd(x, broadcast(1.44269504f), magic) - magic;
    // ln 2 in two parts, the first short enough that n times it is exact.
    Reg r = multiplyAdd(n, broadcast(-0x1.62ep-1f), x);
    r = multiplyAdd(n, broadcast(-0x1.0bfbe8p-15f), r);
    Reg series = broadcast(1.0f / 5040.0f);
    series = multiplyAdd(series, r, broadcast(1.0f / 720.0f));
    series = multiplyAdd(series, r, broadcast(1.0f / 120.0f));
    series = multiplyAdd(series, r, broadcast(1.0f / 24.0f));
    series = multiplyAdd(series, r, broadcast(1.0f / 6.0f));
    series = multiplyAdd(series, r, broadcast(0.5f));
    series = multiplyAdd(series, r, broadcast(1.0f));
    series = multiplyAdd(series, r, broadcast(1.0f));
    return zeroWhereBelow(asked, least, timesPowerOfTwo(series, n));
}

// silu(x) = x / (1 + exp(-x)); for large negative x that is x / infinity = -0.
Reg siluOf(Reg x)
{
    return x / (broadcast(1.0f) + expOf(broadcast(0.0f) - x));
}

void expRow(const float *x, float *out, int64_t n) noexcept
{
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth)
        store(out + i, expOf(load(x + i)));
    if (i < n)
        storePart(out + i, expOf(loadPart(x + i, n - i)), n - i);
}

void siluMultiplyRow(const float *gate, const float *up, float *out, int64_t n) noexcept
{
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth)
        store(out + i, siluOf(load(gate + i)) * load(up + i));
    if (i < n)
        storePart(out + i, siluOf(loadPart(gate + i, n - i)) * loadPart(up + i, n - i), n - i);
}

void addRow(float *x, const float *y, int64_t n) noexcept
{
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth)
        store(x + i, load(x + i) + load(y + i));
    for (; i < n; ++i)
        x[i] += y[i];
}

void halvesFromFloats(const float *x, uint16_t *out, int64_t n) noexcept
{
    int64_t i = 0;
    for (; i + kWidth <= n; i += kWidth)
        storeHalves(out + i, load(x + i));
    if (i < n) {
        uint16_t padded[kWidth];
        storeHalves(padded, loadPart(x + i, n - i));
        std::memcpy(out + i, padded, static_cast<size_t>(n - i) * sizeof(uint16_t));
    }
}

void rmsNormRow(const float *x, const float *gain, float epsilon, float *out, int64_t n) noexcept
{
    // Four sums side by side hide the time that an addition takes.
    LaneSums sums[4] = {noSums(), noSums(), noSums(), noSums()};
    int64_t i = 0;
    for (; i + 4 * kSumLanes <= n; i += 4 * kSumLanes) {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) {
#pragma GCC unroll 4
            for (int p = 0; p < kSumVectors; ++p) {
                const Reg value = load(x + i + k * kSumLanes + p * kWidth);
                sums[k].parts[p] = multiplyAdd(value, value, sums[k].parts[p]);
            }
        }
    }
    for (int p = 0; i < n; i += kWidth, p = (p + 1) % kSumVectors) {
        const Reg value = i + kWidth <= n ? load(x + i) : loadPart(x + i, n - i);
        sums[0].parts[p] = multiplyAdd(value, value, sums[0].parts[p]);
    }
    const float sumOfSquares =
        sumOfLanes(sumsOf(sumsOf(sums[0], sums[1]), sumsOf(sums[2], sums[3])));
    const float factor = 1.0f / __builtin_sqrtf(sumOfSquares / static_cast<float>(n) + epsilon);

    for (i = 0; i + kWidth <= n; i += kWidth)
        store(out + i, load(x + i) * broadcast(factor) * load(gain + i));
    for (; i < n; ++i)
        out[i] = x[i] * factor * gain[i];
}
