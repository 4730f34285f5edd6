// How tokens become tiles (see panel_format.h). Included inside an anonymous namespace, after a
// quantizeBlock(x, values, factors) that does one block: the plain one of quantize_block.inl, or
// the same with an instruction set's own vectors, bit for bit.

template <int TileTokens>
void quantizeTokens(const float *x, int64_t stride, int64_t cols, int64_t firstToken,
                    int64_t endToken, void *tiles)
{
    const int64_t tokenBytes = quantizedTokenBytes(cols);
    for (int64_t token = firstToken; token < endToken; token += TileTokens) {
        const int64_t n = endToken - token < TileTokens ? endToken - token : TileTokens;
        auto *record = static_cast<int8_t *>(tiles) + token * tokenBytes;
        for (int64_t column = 0; column < cols; column += kBlockColumns) {
            auto *factors = reinterpret_cast<BlockFactors *>(record + n * kBlockColumns);
            for (int64_t i = 0; i < n; ++i)
                quantizeBlock(x + (token + i) * stride + column, record + i * kBlockColumns,
                              factors + i);
            record += n * kQuantizedBlockBytes;
        }
    }
}

template <int TileTokens>
void tileFloats(const float *x, int64_t stride, int64_t cols, int64_t firstToken, int64_t endToken,
                void *tiles)
{
    for (int64_t token = firstToken; token < endToken; token += TileTokens) {
        const int64_t n = endToken - token < TileTokens ? endToken - token : TileTokens;
        float *tile = static_cast<float *>(tiles) + token * cols;
        for (int64_t i = 0; i < n; ++i) {
            const float *row = x + (token + i) * stride;
            for (int64_t column = 0; column < cols; ++column)
                tile[column * n + i] = row[column];
        }
    }
}
