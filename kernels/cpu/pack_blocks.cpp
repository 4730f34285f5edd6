// Packing moves codes four at a time, as bytes of 32-bit words (w & 0x0f0f0f0f: four low nibbles).
// The layouts of files are explained beside each type in kernels/api/dequantize.cpp.
#include "pack_blocks.h"

#include "kernels/api/half.h"

#include <cassert>
#include <cstring>

namespace inferlab {

namespace {

constexpr int kWordBytes = 4;
constexpr int kVectorBytes = kPanelRows * kWordBytes; // a word of each lane
constexpr int kHalfWords = 4;                         // words of sixteen codes
constexpr uint32_t kLowNibbles = 0x0f0f0f0fu;
constexpr uint32_t kHighNibbles = 0xf0f0f0f0u;
constexpr uint16_t kHalfSign = 0x8000;

uint32_t loadWord(const uint8_t *bytes) noexcept
{
    uint32_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

// Where a row goes: one lane of a panel, block after block.
class Lane
{
public:
    Lane(uint8_t *values, uint16_t *scales, int lane) noexcept
        : m_values(values + lane * kWordBytes)
        , m_scales(scales)
        , m_lane(lane)
    { }

    void addWord(uint32_t word) noexcept
    {
        std::memcpy(m_values, &word, sizeof word);
        m_values += kVectorBytes;
    }
    // A 16-bit number in a file.
    void addScale(const uint8_t *half, uint16_t flip = 0) noexcept
    {
        uint16_t bits;
        std::memcpy(&bits, half, sizeof bits);
        m_scales[m_lane] = static_cast<uint16_t>(bits ^ flip);
        m_scales += kPanelRows;
    }
    // Two bytes, each for a row of bytes of its own.
    void addBytes(int first, int second) noexcept
    {
        auto *bytes = reinterpret_cast<uint8_t *>(m_scales);
        bytes[m_lane] = static_cast<uint8_t>(first);
        bytes[kPanelRows + m_lane] = static_cast<uint8_t>(second);
        m_scales += kPanelRows;
    }

private:
    uint8_t *m_values;
    uint16_t *m_scales;
    int m_lane;
};

// Low nibbles of sixteen bytes beside those of the next sixteen.
void addLowNibbles(const uint8_t *bytes, Lane &lane) noexcept
{
    for (int v = 0; v < kHalfWords; ++v) {
        const uint32_t first = loadWord(bytes + kWordBytes * v);
        const uint32_t second = loadWord(bytes + kWordBytes * (kHalfWords + v));
        lane.addWord((first & kLowNibbles) | (second & kLowNibbles) << 4);
    }
}

void addHighNibbles(const uint8_t *bytes, Lane &lane) noexcept
{
    for (int v = 0; v < kHalfWords; ++v) {
        const uint32_t first = loadWord(bytes + kWordBytes * v);
        const uint32_t second = loadWord(bytes + kWordBytes * (kHalfWords + v));
        lane.addWord((first >> 4 & kLowNibbles) | (second & kHighNibbles));
    }
}

// Every fourth bit, from `from` on, side by side.
uint32_t everyFourthBit(uint32_t bits, int from) noexcept
{
    uint32_t x = bits >> from & 0x11111111u;
    x = (x | x >> 3) & 0x03030303u;
    x = (x | x >> 6) & 0x000f000fu;
    return (x | x >> 12) & 0xffu;
}

// Q4_0, Q4_1, Q8_0: the words as they are; Q8_0 with 128 added, which flips the highest bit.
void packPlain(const uint8_t *row, int64_t blocks, int scales, int words, uint32_t flip,
               Lane lane) noexcept
{
    for (int64_t block = 0; block < blocks; ++block) {
        for (int s = 0; s < scales; ++s, row += sizeof(uint16_t))
            lane.addScale(row);
        for (int w = 0; w < words; ++w, row += kWordBytes)
            lane.addWord(loadWord(row) ^ flip);
    }
}

// Q5_0, Q5_1: fifth bits in one word, one per column.
void packFiveBits(const uint8_t *row, int64_t blocks, int scales, Lane lane) noexcept
{
    for (int64_t block = 0; block < blocks; ++block) {
        for (int s = 0; s < scales; ++s, row += sizeof(uint16_t))
            lane.addScale(row);
        const uint32_t bits = loadWord(row);
        row += kWordBytes;
        for (int w = 0; w < kHalfWords; ++w, row += kWordBytes)
            lane.addWord(loadWord(row));
        lane.addWord(everyFourthBit(bits, 0) | everyFourthBit(bits, 1) << 8
                     | everyFourthBit(bits, 2) << 16 | everyFourthBit(bits, 3) << 24);
    }
}

// Q4_K, Q5_K. fifthBits: [32], or null for Q4_K.
void packGroup(const uint8_t *group, const uint8_t *fifthBits, const uint8_t *nibbles,
               Lane &lane) noexcept
{
    lane.addScale(group);
    lane.addScale(group + 2, kHalfSign);
    const uint8_t *packed = group + 4; // 6-bit scales and minima
    for (int block = 0; block < kGroupBlocks; ++block) {
        if (block < 4)
            lane.addBytes(packed[block] & 63, packed[block + 4] & 63);
        else
            lane.addBytes((packed[block + 4] & 0xf) | (packed[block - 4] >> 6) << 4,
                          (packed[block + 4] >> 4) | (packed[block] >> 6) << 4);
        const uint8_t *bytes = nibbles + block / 2 * kBlockColumns;
        if (block % 2 == 0)
            addLowNibbles(bytes, lane);
        else
            addHighNibbles(bytes, lane);
        if (fifthBits == nullptr)
            continue;
        uint32_t word = 0;
        for (int v = 0; v < 2 * kHalfWords; ++v)
            word |= (loadWord(fifthBits + kWordBytes * v) >> block & 0x01010101u) << v;
        lane.addWord(word);
    }
}

void packSixBits(const uint8_t *group, Lane &lane) noexcept
{
    lane.addScale(group + 208);
    for (int block = 0; block < kGroupBlocks; ++block) {
        const int quarter = block % 4;
        lane.addBytes(group[192 + 2 * block], group[192 + 2 * block + 1]);
        const uint8_t *nibbles = group + block / 4 * 64 + quarter % 2 * kBlockColumns;
        if (quarter < 2)
            addLowNibbles(nibbles, lane);
        else
            addHighNibbles(nibbles, lane);
        const uint8_t *high = group + 128 + block / 4 * kBlockColumns;
        for (int half = 0; half < 2; ++half, high += kWordBytes * kHalfWords) {
            uint32_t word = 0;
            for (int v = 0; v < kHalfWords; ++v)
                word |= (loadWord(high + kWordBytes * v) >> (2 * quarter) & 0x03030303u) << (2 * v);
            lane.addWord(word);
        }
    }
}

// The codes of a block, as stored.
void readCodes(PanelFormat format, const uint8_t *block, int lane, uint8_t *codes) noexcept
{
    const uint8_t *bytes = block + lane * kWordBytes;
    const auto byteOf = [bytes](int word, int i) { return bytes[word * kVectorBytes + i]; };
    for (int column = 0; column < kBlockColumns; ++column) {
        const int second = column / 16;
        const int v = column % 16 / kWordBytes;
        const int i = column % kWordBytes;
        int code = 0;
        if (format == PanelFormat::Q8_0) {
            code = byteOf(v + kHalfWords * second, i);
        } else {
            code = byteOf(v, i) >> (4 * second) & 0xf;
            if (codeWords(format) == 5)
                code |= (byteOf(4, i) >> (v + 4 * second) & 1) << 4;
            else if (codeWords(format) == 6)
                code |= (byteOf(4 + second, i) >> (2 * v) & 3) << 4;
        }
        codes[column] = static_cast<uint8_t>(code);
    }
}

} // namespace

PanelLayout panelLayout(PanelFormat format, int64_t cols) noexcept
{
    switch (format) {
    case PanelFormat::F32:
        return {cols * kPanelRows * 4, 0};
    case PanelFormat::F16:
    case PanelFormat::BF16:
        return {cols * kPanelRows * 2, 0};
    default:
        break;
    }
    const int64_t blocks = cols / kBlockColumns;
    return {blocks * codeWords(format) * kVectorBytes,
            blocks * blockScales(format) + blocks / kGroupBlocks * groupScales(format)};
}

int64_t panelColumns(PanelFormat format) noexcept
{
    if (!isQuantized(format))
        return 1;
    return hasGroups(format) ? kBlockColumns * kGroupBlocks : kBlockColumns;
}

void packRow(PanelFormat format, const uint8_t *row, int64_t cols, int lane, uint8_t *values,
             uint16_t *scales) noexcept
{
    assert(isQuantized(format) && cols % panelColumns(format) == 0);
    const int64_t blocks = cols / kBlockColumns;
    const int64_t groups = blocks / kGroupBlocks;
    Lane target(values, scales, lane);
    switch (format) {
    case PanelFormat::Q4_0:
        packPlain(row, blocks, 1, 4, 0, target);
        break;
    case PanelFormat::Q4_1:
        packPlain(row, blocks, 2, 4, 0, target);
        break;
    case PanelFormat::Q8_0:
        packPlain(row, blocks, 1, 8, 0x80808080u, target);
        break;
    case PanelFormat::Q5_0:
        packFiveBits(row, blocks, 1, target);
        break;
    case PanelFormat::Q5_1:
        packFiveBits(row, blocks, 2, target);
        break;
    case PanelFormat::Q4_K:
        for (int64_t group = 0; group < groups; ++group, row += 144)
            packGroup(row, nullptr, row + 16, target);
        break;
    case PanelFormat::Q5_K:
        for (int64_t group = 0; group < groups; ++group, row += 176)
            packGroup(row, row + 16, row + 48, target);
        break;
    case PanelFormat::Q6_K:
        for (int64_t group = 0; group < groups; ++group, row += 210)
            packSixBits(row, target);
        break;
    default:
        break;
    }
}

void unpackLane(PanelFormat format, const uint8_t *values, const uint16_t *scales, int64_t cols,
                int lane, float *out) noexcept
{
    float groupScale = 1.0f;
    float groupMinimum = 1.0f;
    const int offset = codeOffset(format);
    for (int64_t block = 0; block < cols / kBlockColumns; ++block) {
        if (hasGroups(format) && block % kGroupBlocks == 0) {
            groupScale = halfToFloat(scales[lane]);
            if (hasMinimum(format))
                groupMinimum = halfToFloat(scales[kPanelRows + lane]);
            scales += groupScales(format);
        }
        float scale[2];
        float minimum = 0.0f;
        if (hasGroups(format)) {
            const auto *bytes = reinterpret_cast<const uint8_t *>(scales) + lane;
            const bool isSigned = format == PanelFormat::Q6_K;
            const auto number = [isSigned](uint8_t byte) {
                return static_cast<float>(isSigned ? static_cast<int8_t>(byte) : byte);
            };
            scale[0] = groupScale * number(bytes[0]);
            scale[1] = isSigned ? groupScale * number(bytes[kPanelRows]) : scale[0];
            minimum = groupMinimum * number(bytes[kPanelRows]);
        } else {
            scale[0] = scale[1] = halfToFloat(scales[lane]);
            if (hasMinimum(format))
                minimum = halfToFloat(scales[kPanelRows + lane]);
        }
        uint8_t codes[kBlockColumns];
        readCodes(format, values, lane, codes);
        for (int column = 0; column < kBlockColumns; ++column) {
            const float product = static_cast<float>(codes[column] - offset) * scale[column / 16];
            out[column] = hasMinimum(format) ? product + minimum : product;
        }
        values += codeWords(format) * kVectorBytes;
        scales += blockScales(format);
        out += kBlockColumns;
    }
}

} // namespace inferlab
