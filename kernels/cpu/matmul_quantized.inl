// The product of quantised weights and int8 tokens, in terms of an instruction set's vectors: Ints
// and Floats (sixteen lanes, one per output row of a panel), their functions (fused: a * b + c,
// rounded once), and
//     sumCodes<Format, Half, P, N>(values, x, sums): adds the integer products of one block of 32
//     columns, or of its first or second sixteen,
//     kSignedQ8: whether it takes the offset off Q8_0's values itself.
// Included inside an anonymous namespace, after matmul_loops.inl. The order of operations is the
// promise of matmul_kernels.h: change it here, for all instruction sets at once, or not at all.

// What a panel's block is multiplied with.
struct PanelScales
{
    Floats d[2]; // Q6_K: of both halves of the block
    Floats m;
};

// group: the scales of the block's group, where the format has them.
template <PanelFormat Format>
[[gnu::always_inline]] inline PanelScales loadScales(const uint16_t *block, const uint16_t *group)
{
    PanelScales scales;
    if constexpr (Format == PanelFormat::Q6_K) {
        const auto *bytes = reinterpret_cast<const int8_t *>(block);
        const Floats d = loadHalves(group);
        scales.d[0] = multiply(d, loadSignedBytes(bytes));
        scales.d[1] = multiply(d, loadSignedBytes(bytes + kPanelRows));
    } else if constexpr (hasGroups(Format)) {
        const auto *bytes = reinterpret_cast<const uint8_t *>(block);
        scales.d[0] = multiply(loadHalves(group), loadUnsignedBytes(bytes));
        scales.m = multiply(loadHalves(group + kPanelRows), loadUnsignedBytes(bytes + kPanelRows));
    } else {
        scales.d[0] = loadHalves(block);
        if constexpr (hasMinimum(Format))
            scales.m = loadHalves(block + kPanelRows);
    }
    return scales;
}

template <PanelFormat Format>
struct QuantizedKernel
{
    static constexpr int kBlockBytes = codeWords(Format) * kPanelRows * 4;
    static constexpr int kBlockScales = blockScales(Format);

    template <int P, int N>
    static void run(const PanelView &weight, int64_t panel, const void *tile,
                    const PanelOutput &output)
    {
        const uint8_t *values[P];
        const uint16_t *scales[P];
        const uint16_t *groups[P];
        Floats acc[P][N];
        for (int p = 0; p < P; ++p) {
            values[p] = weight.values + (panel + p) * weight.panelValueBytes;
            scales[p] = weight.scales + (panel + p) * weight.panelScales;
            groups[p] = scales[p];
            for (int n = 0; n < N; ++n)
                acc[p][n] = broadcast(0.0f);
        }
        const auto *x = static_cast<const int8_t *>(tile);
        const int64_t blocks = weight.cols / kBlockColumns;
        for (int64_t block = 0; block < blocks; ++block) {
            if (hasGroups(Format) && block % kGroupBlocks == 0) {
                for (int p = 0; p < P; ++p) {
                    groups[p] = scales[p];
                    scales[p] += groupScales(Format);
                }
            }
            prefetchNext<P>(weight, values, scales);
            addBlock<P, N>(values, scales, groups, x, acc);
            for (int p = 0; p < P; ++p) {
                values[p] += kBlockBytes;
                scales[p] += kBlockScales;
            }
            x += N * kQuantizedBlockBytes;
        }
        for (int p = 0; p < P; ++p)
            storePanel<N>(weight, panel + p, acc[p], output);
    }

    // The same block of the next group of panels. Hardware follows streams within a pass over a
    // panel, but not while further tokens pass over the one that is in the cache.
    template <int P>
    [[gnu::always_inline]] static inline void prefetchNext(const PanelView &weight,
                                                           const uint8_t *const (&values)[P],
                                                           const uint16_t *const (&scales)[P])
    {
        for (int p = 0; p < P; ++p) {
            for (int line = 0; line < kBlockBytes; line += kCacheLine)
                __builtin_prefetch(values[p] + P * weight.panelValueBytes + line);
            __builtin_prefetch(scales[p] + P * weight.panelScales);
        }
    }

    template <int P, int N>
    [[gnu::always_inline]] static inline void
    addBlock(const uint8_t *const (&values)[P], const uint16_t *const (&scales)[P],
             const uint16_t *const (&groups)[P], const int8_t *x, Floats (&acc)[P][N])
    {
        if constexpr (Format == PanelFormat::Q6_K) {
            addColumns<BlockHalf::First, P, N>(values, scales, groups, x, acc);
            addColumns<BlockHalf::Second, P, N>(values, scales, groups, x, acc);
        } else {
            addColumns<BlockHalf::Both, P, N>(values, scales, groups, x, acc);
        }
    }

    template <BlockHalf Half, int P, int N>
    [[gnu::always_inline]] static inline void
    addColumns(const uint8_t *const (&values)[P], const uint16_t *const (&scales)[P],
               const uint16_t *const (&groups)[P], const int8_t *x, Floats (&acc)[P][N])
    {
        const auto *factors = reinterpret_cast<const BlockFactors *>(x + N * kBlockColumns);
        Ints sums[P][N];
        for (int p = 0; p < P; ++p) {
            for (int n = 0; n < N; ++n)
                sums[p][n] = firstSum<Half>(factors[n]);
        }
        sumCodes<Format, Half, P, N>(values, x, sums);
        for (int p = 0; p < P; ++p) {
            const PanelScales panel = loadScales<Format>(scales[p], groups[p]);
            const Floats d = panel.d[Half == BlockHalf::Second ? 1 : 0];
            for (int n = 0; n < N; ++n) {
                const Floats scale = multiply(d, broadcast(factors[n].scale));
                acc[p][n] = fused(toFloats(sums[p][n]), scale, acc[p][n]);
            }
            if constexpr (hasMinimum(Format)) {
                for (int n = 0; n < N; ++n)
                    acc[p][n] = fused(panel.m, broadcast(factors[n].scaledSum), acc[p][n]);
            }
        }
    }

    // Codes are stored with an offset that makes them unsigned; its products come off again here.
    template <BlockHalf Half>
    [[gnu::always_inline]] static inline Ints firstSum(const BlockFactors &factors)
    {
        if constexpr (Format == PanelFormat::Q4_0)
            return broadcast(factors.minus8Sum);
        else if constexpr (Format == PanelFormat::Q5_0)
            return add(broadcast(factors.minus8Sum), broadcast(factors.minus8Sum));
        else if constexpr (Format == PanelFormat::Q6_K)
            return broadcast(factors.minus32Sums[Half == BlockHalf::Second ? 1 : 0]);
        else if constexpr (Format == PanelFormat::Q8_0 && !kSignedQ8)
            return broadcast(factors.minus128Sum);
        else
            return broadcast(0);
    }
};
