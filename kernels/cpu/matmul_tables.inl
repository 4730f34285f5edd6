// The table of functions of one instruction set. Included inside an anonymous namespace, after the
// kernels and the sizes of their tiles: kQuantizedTokens, kQuantizedPanels (with many tokens),
// kQuantizedPanelsOfOne (with one), and the same of kFloat...

template <typename Table, typename Kernel>
constexpr Table makeTileKernels()
{
    Table table;
    table.template fill<Kernel>();
    return table;
}

template <PanelFormat Format>
constexpr auto kQuantizedKernels =
    makeTileKernels<TileKernels<kQuantizedPanels, kQuantizedPanelsOfOne, kQuantizedTokens>,
                    QuantizedKernel<Format>>();

template <PanelFormat Format>
constexpr auto
    kFloatKernels = makeTileKernels<TileKernels<kFloatPanels, kFloatPanelsOfOne, kFloatTokens>,
                                    FloatKernel<Format>>();

template <PanelFormat Format>
void multiplyPanels(const PanelView &weight, int64_t firstPanel, int64_t endPanel,
                    const void *tiles, int64_t tokens, const PanelOutput &output)
{
    if constexpr (isQuantized(Format))
        kQuantizedKernels<Format>.multiply(weight, firstPanel, endPanel, tiles,
                                           quantizedTokenBytes(weight.cols), tokens, output);
    else
        kFloatKernels<Format>.multiply(weight, firstPanel, endPanel, tiles,
                                       floatTokenBytes(weight.cols), tokens, output);
}

constexpr MatmulKernels makeMatmulKernels()
{
    return {
        {kQuantizedTokens,
         quantizeTokens<kQuantizedTokens>,
         {multiplyPanels<PanelFormat::Q4_0>, multiplyPanels<PanelFormat::Q4_1>,
          multiplyPanels<PanelFormat::Q5_0>, multiplyPanels<PanelFormat::Q5_1>,
          multiplyPanels<PanelFormat::Q8_0>, multiplyPanels<PanelFormat::Q4_K>,
          multiplyPanels<PanelFormat::Q5_K>, multiplyPanels<PanelFormat::Q6_K>}},
        {kFloatTokens,
         tileFloats<kFloatTokens>,
         {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
          multiplyPanels<PanelFormat::F32>, multiplyPanels<PanelFormat::F16>,
          multiplyPanels<PanelFormat::BF16>}},
    };
}
