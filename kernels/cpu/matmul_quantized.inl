// The product of quantised weights and int8 tokens, in terms of an instruction set's vectors: Ints
// and Floats (sixteen lanes, one per output row of a panel), their functions, and
//     sumBlock<Format, P, N>(values, x, sums): adds the integer products of one block of 32
//     columns, kSignedQ8: whether it takes the offset off Q8_0's values itself.
// Included inside an anonymous namespace, after matmul_loops.inl. The order of operations is the
// promise of matmul_kernels.h: change it here, for all instruction sets at once, or not at all.

template <PanelFormat Format>
struct QuantizedKernel
{
    static constexpr bool kHasMinimum = Format == PanelFormat::Q4_1;
    static constexpr int kBlockBytes = Format == PanelFormat::Q8_0 ? 512 : 256;
    static constexpr int kBlockScales = kHasMinimum ? 2 * kPanelRows : kPanelRows;

    template <int P, int N>
    static void run(const PanelView &weight, int64_t panel, const void *tile,
                    const PanelOutput &output)
    {
        const uint8_t *values[P];
        const uint16_t *scales[P];
        Floats acc[P][N];
        for (int p = 0; p < P; ++p) {
            values[p] = weight.values + (panel + p) * weight.panelValueBytes;
            scales[p] = weight.scales + (panel + p) * weight.panelScales;
            for (int n = 0; n < N; ++n)
                acc[p][n] = broadcast(0.0f);
        }
        const auto *x = static_cast<const int8_t *>(tile);
        for (int64_t block = weight.cols / kBlockColumns; block > 0; --block) {
            prefetchNext<P>(weight, values, scales);
            addBlock<P, N>(values, scales, x, acc);
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
    [[gnu::always_inline]] static inline void addBlock(const uint8_t *const (&values)[P],
                                                       const uint16_t *const (&scales)[P],
                                                       const int8_t *x, Floats (&acc)[P][N])
    {
        const auto *factors = reinterpret_cast<const BlockFactors *>(x + N * kBlockColumns);
        Ints sums[P][N];
        for (int p = 0; p < P; ++p) {
            for (int n = 0; n < N; ++n)
                sums[p][n] = broadcast(firstSum(factors[n]));
        }
        sumBlock<Format, P, N>(values, x, sums);
        for (int p = 0; p < P; ++p) {
            const Floats d = loadHalves(scales[p]);
            for (int n = 0; n < N; ++n) {
                const Floats scale = multiply(d, broadcast(factors[n].scale));
                acc[p][n] = add(acc[p][n], multiply(toFloats(sums[p][n]), scale));
            }
            if constexpr (kHasMinimum) {
                const Floats m = loadHalves(scales[p] + kPanelRows);
                for (int n = 0; n < N; ++n)
                    acc[p][n] = add(acc[p][n], multiply(m, broadcast(factors[n].scaledSum)));
            }
        }
    }

    // Values are stored with an offset that makes them unsigned; its products come off again here.
    [[gnu::always_inline]] static inline int32_t firstSum(const BlockFactors &factors)
    {
        if constexpr (Format == PanelFormat::Q4_0)
            return factors.minus8Sum;
        else if constexpr (Format == PanelFormat::Q8_0 && !kSignedQ8)
            return factors.minus128Sum;
        else
            return 0;
    }
};
