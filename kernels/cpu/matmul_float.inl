// The product of floating-point weights and float32 tokens, in terms of an instruction set's
// vectors: Floats, its functions, and loadWeights<Format>(values), sixteen weights as float32,
// exactly. Included inside an anonymous namespace, after matmul_loops.inl.

template <PanelFormat Format>
struct FloatKernel
{
    static constexpr int kColumnBytes = kPanelRows
        * static_cast<int>(Format == PanelFormat::F32 ? sizeof(float) : sizeof(uint16_t));

    template <int P, int N>
    static void run(const PanelView &weight, int64_t panel, const void *tile,
                    const PanelOutput &output)
    {
        const uint8_t *values[P];
        Floats acc[P][N];
        for (int p = 0; p < P; ++p) {
            values[p] = weight.values + (panel + p) * weight.panelValueBytes;
            for (int n = 0; n < N; ++n)
                acc[p][n] = broadcast(0.0f);
        }
        const auto *x = static_cast<const float *>(tile);
        for (int64_t column = weight.cols; column > 0; --column) {
            for (int p = 0; p < P; ++p) {
                __builtin_prefetch(values[p] + P * weight.panelValueBytes); // of the next group
                const Floats w = loadWeights<Format>(values[p]);
                for (int n = 0; n < N; ++n)
                    acc[p][n] = multiplyAdd(w, broadcast(x[n]), acc[p][n]);
                values[p] += kColumnBytes;
            }
            x += N;
        }
        for (int p = 0; p < P; ++p)
            storePanel<N>(weight, panel + p, acc[p], output);
    }
};
