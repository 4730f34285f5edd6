#include "random_blocks.h"

#include "kernels/api/dequantize.h"
#include "kernels/api/half.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace inferlab::test {

namespace {

// Where a block keeps its scale and its minimum or offset as F16, and what the second must be, as a
// multiple of the first, for the values' mean to be 0.
struct ScalePlace
{
    DType type;
    int scale;
    int second; // -1: none
    float secondRatio;
};

constexpr std::array<ScalePlace, 12> kScalePlaces {{
    {DType::Q4_0, 0, -1, 0},
    {DType::Q4_1, 0, 2, -7.5f},
    {DType::Q5_0, 0, -1, 0},
    {DType::Q5_1, 0, 2, -15.5f},
    {DType::Q8_0, 0, -1, 0},
    {DType::Q2_K, 80, 82, 1.5f},
    {DType::Q3_K, 108, -1, 0},
    {DType::Q4_K, 0, 2, 7.5f},
    {DType::Q5_K, 0, 2, 15.5f},
    {DType::Q6_K, 208, -1, 0},
    {DType::IQ4_NL, 0, -1, 0},
    {DType::IQ4_XS, 0, -1, 0},
}};

void storeU16(uint8_t *p, uint16_t value)
{
    p[0] = static_cast<uint8_t>(value);
    p[1] = static_cast<uint8_t>(value >> 8);
}

void setScale(const ScalePlace &place, uint8_t *block, float scale)
{
    storeU16(block + place.scale, floatToHalf(scale));
    if (place.second >= 0)
        storeU16(block + place.second, floatToHalf(scale * place.secondRatio));
}

float deviationOf(const DTypeInfo &info, const uint8_t *block)
{
    std::vector<float> values(info.blockElements);
    dequantizeRow(info.type, block, values.data(), info.blockElements);
    float sum = 0;
    for (const float value : values)
        sum += value * value;
    return std::sqrt(sum / static_cast<float>(values.size()));
}

void randomBlock(const DTypeInfo &info, uint8_t *block, float deviation, SeededRandom &random)
{
    for (uint32_t i = 0; i < info.blockBytes; ++i)
        block[i] = static_cast<uint8_t>(random.next() >> 56);
    if (info.type == DType::MXFP4) {
        // Its values have a deviation of about 6 times 2^(e - 128).
        block[0] = static_cast<uint8_t>(128 + std::lround(std::log2(deviation / 6.0f)));
        return;
    }
    for (const ScalePlace &place : kScalePlaces) {
        if (place.type != info.type)
            continue;
        constexpr float kProbe = 0x1p-6f; // keeps scale and minimum within F16
        setScale(place, block, kProbe);
        const float found = deviationOf(info, block);
        setScale(place, block, found > 0 ? kProbe * deviation / found : 0.0f);
        return;
    }
    throw std::invalid_argument("no random blocks for " + std::string(info.name));
}

void plainValue(DType type, uint8_t *out, float value)
{
    if (type == DType::F32) {
        const auto bits = std::bit_cast<uint32_t>(value);
        storeU16(out, static_cast<uint16_t>(bits));
        storeU16(out + 2, static_cast<uint16_t>(bits >> 16));
    } else {
        storeU16(out, type == DType::F16 ? floatToHalf(value) : floatToBfloat16(value));
    }
}

} // namespace

uint64_t SeededRandom::next() noexcept
{
    m_state += 0x9e3779b97f4a7c15u;
    uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float SeededRandom::symmetric() noexcept
{
    return static_cast<float>(static_cast<int32_t>(next() >> 40) - (1 << 23)) * 0x1p-23f;
}

std::string randomBlocks(DType type, int64_t elements, float deviation, SeededRandom &random)
{
    const DTypeInfo &info = dtypeInfo(type);
    if (elements % info.blockElements != 0)
        throw std::invalid_argument(
            std::to_string(elements) + " elements are not a multiple of the "
            + std::to_string(info.blockElements) + " of " + std::string(info.name));
    std::string bytes(rowBytes(type, elements), '\0');
    auto *out = reinterpret_cast<uint8_t *>(bytes.data());
    // A uniform distribution over [-a, a] has the deviation a / sqrt(3).
    const float amplitude = deviation * std::sqrt(3.0f);
    for (int64_t i = 0; i < elements; i += info.blockElements, out += info.blockBytes) {
        if (info.blockElements == 1)
            plainValue(type, out, amplitude * random.symmetric());
        else
            randomBlock(info, out, deviation, random);
    }
    return bytes;
}

} // namespace inferlab::test
