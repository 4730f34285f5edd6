// The loops around a tile kernel, shared by the kernels of all instruction sets. Included inside an
// anonymous namespace, so that each instruction set has a copy of its own.
//
// A kernel of P panels and N tokens keeps P * N sums, in registers as far as they go. A group of
// panels meets all tokens before the next group: the weights come from memory once and stay in the
// first-level cache, the tokens' tiles (which the caller keeps small) in the second level.

constexpr int kCacheLine = 64;

using TileKernel = void (*)(const PanelView &weight, int64_t panel, const void *tile,
                            const PanelOutput &output);

// PanelsOfMany, PanelsOfOne: panels in a group, with many tokens and with one.
template <int PanelsOfMany, int PanelsOfOne, int MaxTokens>
struct TileKernels
{
    static constexpr int kMaxPanels = PanelsOfMany > PanelsOfOne ? PanelsOfMany : PanelsOfOne;

    TileKernel kernel[kMaxPanels][MaxTokens] = {}; // [panels - 1][tokens - 1]

    // Fills the table with Kernel::run<panels, tokens> for all tiles that multiply() asks for.
    template <typename Kernel, int Panels = kMaxPanels, int Tokens = MaxTokens>
    constexpr void fill()
    {
        if constexpr (Panels <= PanelsOfMany || Tokens == 1)
            kernel[Panels - 1][Tokens - 1] = &Kernel::template run<Panels, Tokens>;
        if constexpr (Tokens > 1)
            fill<Kernel, Panels, Tokens - 1>();
        else if constexpr (Panels > 1)
            fill<Kernel, Panels - 1, MaxTokens>();
    }

    void multiply(const PanelView &weight, int64_t firstPanel, int64_t endPanel, const void *tiles,
                  int64_t tokenBytes, int64_t tokens, const PanelOutput &output) const
    {
        const int64_t group = tokens == 1 ? PanelsOfOne : PanelsOfMany;
        const auto *tileBytes = static_cast<const uint8_t *>(tiles);
        for (int64_t panel = firstPanel; panel < endPanel; panel += group) {
            const int64_t panels = endPanel - panel < group ? endPanel - panel : group;
            for (int64_t token = 0; token < tokens; token += MaxTokens) {
                const int64_t n = tokens - token < MaxTokens ? tokens - token : MaxTokens;
                kernel[panels - 1][n - 1](
                    weight, panel, tileBytes + token * tokenBytes,
                    {output.y + token * output.stride, output.stride, output.bias});
            }
        }
    }
};

// y = acc + bias for one panel and N tokens. Needs Floats and its functions, of the instruction
// set.
template <int N>
void storePanel(const PanelView &weight, int64_t panel, const Floats (&acc)[N],
                const PanelOutput &output)
{
    const int64_t row = panel * kPanelRows;
    const int64_t left = weight.rows - row;
    const int lanes = left < kPanelRows ? static_cast<int>(left) : kPanelRows;
    const Floats bias =
        output.bias != nullptr ? loadLanes(output.bias + row, lanes) : broadcast(0.0f);
    for (int n = 0; n < N; ++n)
        storeLanes(output.y + n * output.stride + row, add(acc[n], bias), lanes);
}
