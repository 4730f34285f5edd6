// The emulated operations of a warp, against what the CUDA and PTX manuals say of them.
#include "cuda_runtime.h"

#include "failing_launch.h"
#include "kernels/api/half.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::emulation;

TEST_CASE("shuffles and votes")
{
    for (const uint64_t order : kOrders) {
        setThreadOrder(order);
        bool right = true;
        failureOf({}, [&] {
            const auto lane = static_cast<int>(threadIdx.x % 32);
            right = right && __shfl_xor_sync(0xffffffffu, lane, 5) == (lane ^ 5);
            right = right && __shfl_sync(0xffffffffu, static_cast<float>(lane), 9) == 9.0f;
            right = right && __ballot_sync(0xffffffffu, lane < 3 ? 1 : 0) == 7u;
            right = right && __any_sync(0xffffffffu, lane == 31 ? 1 : 0) == 1;
            right = right && __all_sync(0xffffffffu, lane < 31 ? 1 : 0) == 0;
        });
        CHECK(right);
    }
    setThreadOrder(0);
}

TEST_CASE("the product of four signed bytes")
{
    CHECK(__dp4a(0x80'7f'01'ff, 0x80'01'02'03, 10) == 10 + 16384 + 127 + 2 - 3);
}

TEST_CASE("the tensor cores' product, with fragments as the PTX manual gives them")
{
    // a[row][k] = row - k, b[k][col] = 2 k + col, both exact in binary16.
    const auto pair = [](float low, float high) {
        return static_cast<uint32_t>(floatToHalf(low))
            | static_cast<uint32_t>(floatToHalf(high)) << 16;
    };
    int wrong = 0;
    const std::string failure = failureOf({32, 0}, [&] {
        const int g = static_cast<int>(threadIdx.x) / 4;
        const int t = static_cast<int>(threadIdx.x) % 4;
        const auto a = [&](int row, int k) {
            return pair(static_cast<float>(row - k), static_cast<float>(row - k - 1));
        };
        const auto b = [&](int k) {
            return pair(static_cast<float>(2 * k + g), static_cast<float>(2 * k + 2 + g));
        };
        const uint32_t fragmentA[4] = {a(g, 2 * t), a(g + 8, 2 * t), a(g, 2 * t + 8),
                                       a(g + 8, 2 * t + 8)};
        const uint32_t fragmentB[2] = {b(2 * t), b(2 * t + 8)};
        float c[4] = {1, 1, 1, 1};
        multiplyTile(c, fragmentA, fragmentB);
        for (int i = 0; i < 4; ++i) {
            const int row = g + i / 2 * 8;
            const int col = 2 * t + i % 2;
            int expected = 1;
            for (int k = 0; k < 16; ++k)
                expected += (row - k) * (2 * k + col);
            wrong += c[i] == static_cast<float>(expected) ? 0 : 1;
        }
    });
    CHECK(failure == "");
    CHECK(wrong == 0);
}

TEST_CASE("matrices from shared memory, as the PTX manual gives them to lanes")
{
    // Element (row, col) of matrix m is 100 m + 10 row + col. Rows lie 5 x 16 bytes apart.
    constexpr int kRowHalves = 40;
    constexpr size_t kBytes = size_t {32} * kRowHalves * sizeof(uint16_t);
    int wrong = 0;
    const auto loadAll = [&](int shiftBytes) {
        return failureOf({32, kBytes}, [&, shiftBytes] {
            auto *halves = reinterpret_cast<uint16_t *>(sharedMemory());
            const int lane = static_cast<int>(threadIdx.x);
            for (int col = 0; col < 8; ++col)
                halves[lane * kRowHalves + col] =
                    static_cast<uint16_t>(100 * (lane / 8) + 10 * (lane % 8) + col);
            __syncwarp();
            const unsigned char *row =
                sharedMemory() + lane * kRowHalves * sizeof(uint16_t) + shiftBytes;
            uint32_t words[2][4];
            loadMatrices(row, false, words[0]);
            loadMatrices(row, true, words[1]);
            const auto element = [](int matrix, int r, int col) {
                return static_cast<uint32_t>(100 * matrix + 10 * r + col);
            };
            const int g = lane / 4;
            const int t = lane % 4;
            for (int m = 0; m < 4; ++m) {
                wrong +=
                    words[0][m] == (element(m, g, 2 * t) | element(m, g, 2 * t + 1) << 16) ? 0 : 1;
                wrong +=
                    words[1][m] == (element(m, 2 * t, g) | element(m, 2 * t + 1, g) << 16) ? 0 : 1;
            }
        });
    };
    CHECK(loadAll(0) == "");
    CHECK(wrong == 0);
    CHECK(loadAll(2).find("an address that is a multiple of 16 was expected") == 0);
    CHECK(loadAll(static_cast<int>(kBytes)).find("shared memory was expected") == 0);
}
