#include "weight_format.h"

#include <array>
#include <cstring>

namespace inferlab::cuda {

namespace {

constexpr size_t kPlaneAlignment = 256;

size_t aligned(size_t bytes)
{
    return (bytes + kPlaneAlignment - 1) / kPlaneAlignment * kPlaneAlignment;
}

using Codes = std::array<uint8_t, kGroup>;

// Low four bits into nibbles, the fifth into a word.
void storeNibbles(const Codes &codes, unsigned char *low)
{
    for (size_t j = 0; j < 16; ++j)
        low[j] = static_cast<unsigned char>((codes[j] & 0xf) | (codes[j + 16] & 0xf) << 4);
}

void storeFifthBits(const Codes &codes, unsigned char *high)
{
    uint32_t bits = 0;
    for (uint32_t j = 0; j < 32; ++j)
        bits |= static_cast<uint32_t>((codes[j] >> 4) & 1) << j;
    std::memcpy(high, &bits, sizeof bits);
}

void storeUpperPairs(const Codes &codes, unsigned char *high)
{
    std::memset(high, 0, 8);
    for (size_t j = 0; j < 32; ++j) {
        const size_t inHalf = j % 16;
        high[j / 16 * 4 + inHalf % 4] |=
            static_cast<unsigned char>((codes[j] >> 4) << (2 * (inHalf / 4)));
    }
}

// Types of 32 elements per block keep their codes' places: scales first, then fifth bits, then
// codes.
void repackSmallBlocks(DType dtype, const unsigned char *row, int64_t cols,
                       const HostPlanes &planes)
{
    const PlaneBytes bytes = planeBytes(dtype);
    const size_t blockBytes = dtypeInfo(dtype).blockBytes;
    for (size_t g = 0; g < static_cast<size_t>(cols / kGroup); ++g) {
        const unsigned char *block = row + g * blockBytes;
        std::memcpy(planes.scales + g * bytes.scales, block, bytes.scales);
        if (bytes.high > 0)
            std::memcpy(planes.high + g * bytes.high, block + bytes.scales, bytes.high);
        std::memcpy(planes.low + g * bytes.low, block + bytes.scales + bytes.high, bytes.low);
    }
}

// The packed 6-bit scale and minimum of a group; see dequantize.cpp.
void unpackScale(const unsigned char *packed, size_t group, unsigned char *scaleAndMinimum)
{
    if (group < 4) {
        scaleAndMinimum[0] = packed[group] & 63;
        scaleAndMinimum[1] = packed[group + 4] & 63;
    } else {
        scaleAndMinimum[0] =
            static_cast<unsigned char>((packed[group + 4] & 0xf) | (packed[group - 4] >> 6) << 4);
        scaleAndMinimum[1] =
            static_cast<unsigned char>((packed[group + 4] >> 4) | (packed[group] >> 6) << 4);
    }
}

// Q4_K and Q5_K: d, dmin, sc[12], (h[32],) q[128].
void repackK45(DType dtype, const unsigned char *block, size_t firstGroup, const HostPlanes &planes)
{
    const bool five = dtype == DType::Q5_K;
    const unsigned char *codesOfBlock = block + (five ? 48 : 16);
    std::memcpy(planes.supers + firstGroup / kGroupsPerSuper * 4, block, 4);
    for (size_t group = 0; group < kGroupsPerSuper; ++group) {
        Codes codes;
        for (size_t l = 0; l < kGroup; ++l) {
            const unsigned char byte = codesOfBlock[group / 2 * 32 + l];
            codes[l] = group % 2 == 0 ? byte & 0xf : byte >> 4;
            if (five)
                codes[l] = static_cast<uint8_t>(codes[l] | ((block[16 + l] >> group) & 1) << 4);
        }
        const size_t g = firstGroup + group;
        storeNibbles(codes, planes.low + g * 16);
        if (five)
            storeFifthBits(codes, planes.high + g * 4);
        unpackScale(block + 4, group, planes.scales + g * 2);
    }
}

// Q6_K: q[128], h[64], sc[16], d.
void repackK6(const unsigned char *block, size_t firstGroup, const HostPlanes &planes)
{
    std::memcpy(planes.supers + firstGroup / kGroupsPerSuper * 2, block + 208, 2);
    for (size_t group = 0; group < kGroupsPerSuper; ++group) {
        Codes codes;
        const size_t half = group / 4;
        const size_t quarter = group % 4;
        for (size_t l = 0; l < kGroup; ++l) {
            const unsigned char packed = block[half * 64 + quarter % 2 * 32 + l];
            const int low = quarter < 2 ? packed & 0xf : packed >> 4;
            const int high = (block[128 + half * 32 + l] >> (2 * quarter)) & 3;
            codes[l] = static_cast<uint8_t>(low | high << 4);
        }
        const size_t g = firstGroup + group;
        storeNibbles(codes, planes.low + g * 16);
        storeUpperPairs(codes, planes.high + g * 8);
        std::memcpy(planes.scales + g * 2, block + 192 + group * 2, 2);
    }
}

} // namespace

bool hasKernels(DType dtype) noexcept
{
    return planeBytes(dtype).low > 0;
}

int64_t groupsOf(int64_t cols) noexcept
{
    return (cols + kGroup - 1) / kGroup;
}

PlaneOffsets planeOffsets(DType dtype, int64_t rows, int64_t cols) noexcept
{
    const PlaneBytes bytes = planeBytes(dtype);
    const auto groups = static_cast<size_t>(rows * groupsOf(cols));
    PlaneOffsets offsets;
    offsets.high = aligned(groups * bytes.low);
    offsets.scales = offsets.high + aligned(groups * bytes.high);
    offsets.supers = offsets.scales + aligned(groups * bytes.scales);
    offsets.total = offsets.supers + aligned(groups / kGroupsPerSuper * bytes.supers);
    return offsets;
}

void repackRow(DType dtype, const unsigned char *row, int64_t cols, const HostPlanes &planes)
{
    if (isFloatType(dtype)) {
        const size_t bytes = rowBytes(dtype, cols);
        std::memcpy(planes.low, row, bytes);
        std::memset(planes.low + bytes, 0, rowBytes(dtype, groupsOf(cols) * kGroup) - bytes);
        return;
    }
    const DTypeInfo &info = dtypeInfo(dtype);
    if (info.blockElements == kGroup) {
        repackSmallBlocks(dtype, row, cols, planes);
        return;
    }
    for (size_t block = 0; block < static_cast<size_t>(cols) / info.blockElements; ++block) {
        const unsigned char *source = row + block * info.blockBytes;
        if (dtype == DType::Q6_K)
            repackK6(source, block * kGroupsPerSuper, planes);
        else
            repackK45(dtype, source, block * kGroupsPerSuper, planes);
    }
}

} // namespace inferlab::cuda
