// Every block type against values that gguf-py computed for random blocks
// (fixtures/quant_blocks.json).
#include "kernels/api/dequantize.h"

#include "base64.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>
#include <string>

using namespace inferlab;

namespace {

nlohmann::json readFixture()
{
    std::ifstream file(INFERLAB_FIXTURES "/quant_blocks.json");
    REQUIRE(file.good());
    return nlohmann::json::parse(file);
}

std::vector<float> littleEndianFloats(const std::vector<uint8_t> &bytes)
{
    std::vector<float> values(bytes.size() / 4);
    for (size_t i = 0; i < values.size(); ++i) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 4; ++k)
            bits |= static_cast<uint32_t>(bytes[4 * i + k]) << (8 * k);
        values[i] = std::bit_cast<float>(bits);
    }
    return values;
}

// Types whose values are one exact product, or a copy: no rounding is left to differ.
bool isExact(const std::string &name)
{
    return name == "F16" || name == "BF16" || name == "Q8_0" || name == "MXFP4";
}

} // namespace

TEST_CASE("blocks of every type hold the values that gguf-py reads from them")
{
    const nlohmann::json fixture = readFixture();
    const auto rows = fixture["rows"].get<int64_t>();
    const auto cols = fixture["cols"].get<int64_t>();
    std::set<std::string> seen;
    for (const auto &[name, entry] : fixture["types"].items()) {
        CAPTURE(name);
        const std::optional<DType> type = dtypeFromName(name);
        REQUIRE(type.has_value());
        const DTypeInfo &info = dtypeInfo(*type);
        CHECK(static_cast<uint32_t>(*type) == entry["ggml_type"].get<uint32_t>());
        CHECK(info.blockElements == entry["block_elements"].get<uint32_t>());
        CHECK(info.blockBytes == entry["block_bytes"].get<uint32_t>());
        const auto blocks = test::decodeBase64(entry["blocks"].get<std::string>());
        const auto expected =
            littleEndianFloats(test::decodeBase64(entry["values"].get<std::string>()));
        REQUIRE(blocks.size() == static_cast<size_t>(rows) * rowBytes(*type, cols));
        REQUIRE(expected.size() == static_cast<size_t>(rows * cols));

        std::vector<float> row(static_cast<size_t>(cols));
        for (int64_t r = 0; r < rows; ++r) {
            dequantizeRow(*type, blocks.data() + static_cast<size_t>(r) * rowBytes(*type, cols),
                          row.data(), cols);
            const float *want = expected.data() + r * cols;
            float largest = 0.0f;
            for (int64_t i = 0; i < cols; ++i)
                largest = std::max(largest, std::fabs(want[i]));
            const float tolerance = isExact(name) ? 0.0f : 1e-6f * largest;
            for (int64_t i = 0; i < cols; ++i) {
                CAPTURE(r);
                CAPTURE(i);
                REQUIRE(std::fabs(row[static_cast<size_t>(i)] - want[i]) <= tolerance);
            }
        }
        seen.insert(name);
    }
    CHECK(seen.size() == 15); // all but F32
}

TEST_CASE("F32 is copied bit for bit from any address")
{
    const std::vector<float> values {1.5f, -0.0f, 1e-42f, 3.4e38f};
    std::vector<uint8_t> bytes(1 + values.size() * sizeof(float));
    std::memcpy(bytes.data() + 1, values.data(), values.size() * sizeof(float));
    std::vector<float> out(values.size());
    dequantizeRow(DType::F32, bytes.data() + 1, out.data(), static_cast<int64_t>(out.size()));
    for (size_t i = 0; i < values.size(); ++i)
        CHECK(std::bit_cast<uint32_t>(out[i]) == std::bit_cast<uint32_t>(values[i]));
}

TEST_CASE("a block of any type may lie at an odd address")
{
    const nlohmann::json fixture = readFixture();
    for (const auto &[name, entry] : fixture["types"].items()) {
        CAPTURE(name);
        const DType type = *dtypeFromName(name);
        const auto blocks = test::decodeBase64(entry["blocks"].get<std::string>());
        std::vector<uint8_t> shifted(blocks.size() + 1);
        std::copy(blocks.begin(), blocks.end(), shifted.begin() + 1);
        const int64_t elements = 512;
        std::vector<float> a(elements);
        std::vector<float> b(elements);
        dequantizeRow(type, blocks.data(), a.data(), elements);
        dequantizeRow(type, shifted.data() + 1, b.data(), elements);
        CHECK(std::memcmp(a.data(), b.data(), elements * sizeof(float)) == 0);
    }
}
