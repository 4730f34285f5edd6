// mma.m16n8k16 as the PTX manual lays out its fragments (section "Matrix fragments for
// mma.m16n8k16"), and ldmatrix.x4.
#include "cuda_builtins.h"
#include "kernels/api/half.h"

namespace inferlab::emulation {

namespace {

float halfOf(uint32_t word, unsigned index)
{
    return halfToFloat(static_cast<uint16_t>(word >> (16 * index)));
}

} // namespace

void multiplyTile(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2])
{
    const uint32_t mine[6] = {a[0], a[1], a[2], a[3], b[0], b[1]};
    const auto *lanes = exchange(WarpOperation::MatrixProduct, 0xffffffffu, mine, 6);
    const unsigned lane = laneOfThread();
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned row = lane / 4 + (i >= 2 ? 8 : 0);
        const unsigned col = lane % 4 * 2 + i % 2;
        float sum = c[i];
        for (unsigned k = 0; k < 16; ++k) {
            // Element (row, k) of a: lane 4 (row % 8) + (k % 8) / 2, word 2 (k / 8) + row / 8.
            const uint32_t wordA = lanes[row % 8 * 4 + k % 8 / 2][k / 8 * 2 + row / 8];
            // Element (k, col) of b: lane 4 col + (k % 8) / 2, word k / 8.
            const uint32_t wordB = lanes[col * 4 + k % 8 / 2][4 + k / 8];
            sum += halfOf(wordA, k % 2) * halfOf(wordB, k % 2);
        }
        c[i] = sum;
    }
}

void loadMatrices(const void *row, bool transposed, uint32_t (&words)[4])
{
    constexpr size_t kRowBytes = 16;
    const auto *bytes = static_cast<const unsigned char *>(row);
    const auto address = reinterpret_cast<uintptr_t>(row);
    requireShared(bytes, kRowBytes);
    const uint32_t mine[2] = {static_cast<uint32_t>(address),
                              static_cast<uint32_t>(uint64_t {address} >> 32)};
    const auto *lanes = exchange(WarpOperation::MatrixLoad, 0xffffffffu, mine, 2);
    const unsigned lane = laneOfThread();
    const auto element = [&](unsigned matrix, unsigned r, unsigned col) {
        const uint32_t(&of)[kMaxExchangeWords] = lanes[8 * matrix + r];
        const auto *from =
            reinterpret_cast<const uint16_t *>(uintptr_t {of[0]} | uintptr_t {of[1]} << 32);
        return uint32_t {from[col]};
    };
    const unsigned g = lane / 4;
    const unsigned t = lane % 4;
    for (unsigned m = 0; m < 4; ++m)
        words[m] = transposed ? element(m, 2 * t, g) | element(m, 2 * t + 1, g) << 16
                              : element(m, g, 2 * t) | element(m, g, 2 * t + 1) << 16;
}

} // namespace inferlab::emulation
