// Random blocks: every byte is random, but for the scales, whose places each type's layout fixes.
#include "random_tensor.h"

#include "kernels/api/half.h"

#include <cmath>
#include <cstring>
#include <span>

namespace inferlab {

namespace {

// Where the binary16 scales of a block are, and how large they are for values of an order of 1.
struct ScaleField
{
    size_t offset;
    float magnitude;
};

std::vector<ScaleField> scaleFields(DType dtype)
{
    switch (dtype) {
    case DType::Q4_0:
        return {{0, 0.125f}};
    case DType::Q4_1:
        return {{0, 0.125f}, {2, -1.0f}};
    case DType::Q5_0:
        return {{0, 0.0625f}};
    case DType::Q5_1:
        return {{0, 0.0625f}, {2, -1.0f}};
    case DType::Q8_0:
        return {{0, 0.0078125f}};
    case DType::Q2_K: // scales of 4 bits, codes of 2
        return {{80, 0.04f}, {82, 0.06f}};
    case DType::Q3_K: // scales of 6 bits, codes of 3
        return {{108, 0.008f}};
    case DType::Q4_K: // scales of 6 bits, codes of 4
    case DType::Q5_K:
        return {{0, 0.002f}, {2, 0.02f}};
    case DType::Q6_K: // scales of 8 bits, codes of 6
        return {{208, 0.0003f}};
    case DType::IQ4_NL:
        return {{0, 0.0078125f}};
    case DType::IQ4_XS:
        return {{0, 0.0003f}};
    default:
        return {};
    }
}

void storeHalf(unsigned char *target, float value)
{
    const uint16_t half = floatToHalf(value);
    std::memcpy(target, &half, sizeof half);
}

void fillPlain(DType dtype, std::span<unsigned char> bytes, RandomBits &random)
{
    const size_t size = dtypeInfo(dtype).blockBytes;
    for (size_t i = 0; i + size <= bytes.size(); i += size) {
        const float value = random.uniform(-1.0f, 1.0f);
        const uint16_t bits = dtype == DType::F16 ? floatToHalf(value) : floatToBfloat16(value);
        if (dtype == DType::F32)
            std::memcpy(&bytes[i], &value, sizeof value);
        else
            std::memcpy(&bytes[i], &bits, sizeof bits);
    }
}

} // namespace

uint64_t RandomBits::next() noexcept
{
    m_state += 0x9e3779b97f4a7c15u;
    uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float RandomBits::uniform(float low, float high) noexcept
{
    const auto unit = static_cast<float>(next() >> 40) * 0x1p-24f;
    return low + (high - low) * unit;
}

std::vector<float> randomFloats(size_t count, uint64_t seed)
{
    RandomBits random(seed);
    std::vector<float> values(count);
    for (float &value : values)
        value = random.uniform(-1.0f, 1.0f);
    return values;
}

std::vector<float> ropeAngles(int64_t rows, int32_t ropeDim)
{
    std::vector<float> values;
    for (int64_t r = 0; r < rows; ++r) {
        for (int32_t i = 0; i < ropeDim / 2; ++i) {
            const double angle = static_cast<double>(r + 3) * std::pow(10000.0, -2.0 * i / ropeDim);
            values.push_back(static_cast<float>(std::cos(angle)));
            values.push_back(static_cast<float>(std::sin(angle)));
        }
    }
    return values;
}

std::vector<unsigned char> randomWeight(DType dtype, int64_t rows, int64_t cols, uint64_t seed)
{
    RandomBits random(seed);
    const DTypeInfo &info = dtypeInfo(dtype);
    std::vector<unsigned char> bytes(rowBytes(dtype, cols) * static_cast<size_t>(rows));
    if (info.blockElements == 1) {
        fillPlain(dtype, bytes, random);
        return bytes;
    }
    for (unsigned char &byte : bytes)
        byte = static_cast<unsigned char>(random.next() >> 56);
    const std::vector<ScaleField> fields = scaleFields(dtype);
    for (size_t block = 0; block < bytes.size(); block += info.blockBytes) {
        for (const ScaleField &field : fields)
            storeHalf(&bytes[block + field.offset], field.magnitude * random.uniform(0.5f, 1.0f));
        if (dtype == DType::MXFP4) // an exponent: 2^(e - 127), halved codes up to 12
            bytes[block] = static_cast<unsigned char>(123 + random.next() % 3);
    }
    return bytes;
}

} // namespace inferlab
