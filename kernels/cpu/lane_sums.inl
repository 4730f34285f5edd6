// Sums of many elements, in terms of the vector operations that vector_kernels_<isa>.cpp defines
// before it includes this text in its anonymous namespace.
//
// Sums over many elements are kept in sixteen lanes, element i in lane i mod 16, and added up by
// halves: so vectors of any width round alike, and instruction sets that fuse multiply and add
// agree bit for bit.
constexpr int kSumLanes = 16;
constexpr int kSumVectors = kSumLanes / kWidth;

struct LaneSums
{
    Reg parts[kSumVectors];
};

LaneSums noSums()
{
    LaneSums sums;
    for (Reg &part : sums.parts)
        part = broadcast(0.0f);
    return sums;
}

LaneSums sumsOf(const LaneSums &a, const LaneSums &b)
{
    LaneSums sums;
    for (int i = 0; i < kSumVectors; ++i)
        sums.parts[i] = a.parts[i] + b.parts[i];
    return sums;
}

float sumOfLanes(LaneSums sums)
{
    for (int half = kSumVectors / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; ++i)
            sums.parts[i] = sums.parts[i] + sums.parts[i + half];
    }
    return sumOfLanes(sums.parts[0]);
}
