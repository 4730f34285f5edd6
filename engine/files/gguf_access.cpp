// Typed access to GGUF metadata: asks for a type and a range, and says which key has another.
#include "gguf.h"

#include "engine/base/error.h"

#include <cmath>
#include <limits>
#include <utility>

namespace inferlab {

namespace {

std::string describe(const MetadataArray &array)
{
    const size_t count = std::visit([](const auto &elements) { return elements.size(); }, array);
    constexpr std::string_view kElements[] = {"integers", "unsigned integers", "numbers", "bools",
                                              "strings"};
    return "an array of " + std::to_string(count) + " " + std::string(kElements[array.index()]);
}

std::string describe(const MetadataValue &value)
{
    if (const auto *number = std::get_if<int64_t>(&value))
        return std::to_string(*number);
    if (const auto *unsignedNumber = std::get_if<uint64_t>(&value))
        return std::to_string(*unsignedNumber);
    if (const auto *real = std::get_if<double>(&value))
        return "the number " + std::to_string(*real);
    if (const auto *array = std::get_if<MetadataArray>(&value))
        return describe(*array);
    return std::holds_alternative<bool>(value) ? "a bool" : "a string";
}

[[noreturn]] void failAt(const GgufFile &file, std::string_view key, std::string expected,
                         std::string found)
{
    throw InputError(file.path().string(), "key \"" + std::string(key) + "\"", std::move(expected),
                     std::move(found));
}

template <typename T>
std::optional<T> required(const GgufFile &file, std::string_view key, std::string_view what,
                          std::optional<T> value)
{
    if (!value)
        failAt(file, key, std::string(what), "no such key");
    return value;
}

const MetadataArray *findArray(const GgufFile &file, std::string_view key,
                               const std::string &expected)
{
    const MetadataValue *value = file.findMetadata(key);
    if (value == nullptr)
        return nullptr;
    const auto *array = std::get_if<MetadataArray>(value);
    if (array == nullptr)
        failAt(file, key, expected, describe(*value));
    return array;
}

template <typename Integer>
std::vector<int32_t> narrowed(const GgufFile &file, std::string_view key,
                              const std::vector<Integer> &wide)
{
    std::vector<int32_t> narrow;
    narrow.reserve(wide.size());
    for (const Integer value : wide) {
        if (!std::in_range<int32_t>(value))
            failAt(file, key, "integers of 32 bits", std::to_string(value));
        narrow.push_back(static_cast<int32_t>(value));
    }
    return narrow;
}

} // namespace

std::optional<std::string> GgufFile::optionalString(std::string_view key) const
{
    const MetadataValue *value = findMetadata(key);
    if (value == nullptr)
        return std::nullopt;
    const auto *text = std::get_if<std::string>(value);
    if (text == nullptr)
        failAt(*this, key, "a string", describe(*value));
    return *text;
}

std::optional<uint64_t> GgufFile::optionalUnsigned(std::string_view key, uint64_t maximum) const
{
    const MetadataValue *value = findMetadata(key);
    if (value == nullptr)
        return std::nullopt;
    if (const auto *number = std::get_if<uint64_t>(value); number != nullptr && *number <= maximum)
        return *number;
    if (const auto *number = std::get_if<int64_t>(value);
        number != nullptr && *number >= 0 && static_cast<uint64_t>(*number) <= maximum)
        return static_cast<uint64_t>(*number);
    failAt(*this, key, "an integer from 0 to " + std::to_string(maximum), describe(*value));
}

std::optional<double> GgufFile::optionalNumber(std::string_view key) const
{
    const MetadataValue *value = findMetadata(key);
    if (value == nullptr)
        return std::nullopt;
    if (const auto *number = std::get_if<double>(value))
        return *number;
    if (const auto *number = std::get_if<uint64_t>(value))
        return static_cast<double>(*number);
    if (const auto *number = std::get_if<int64_t>(value))
        return static_cast<double>(*number);
    failAt(*this, key, "a number", describe(*value));
}

std::optional<bool> GgufFile::optionalBool(std::string_view key) const
{
    const MetadataValue *value = findMetadata(key);
    if (value == nullptr)
        return std::nullopt;
    const auto *flag = std::get_if<bool>(value);
    if (flag == nullptr)
        failAt(*this, key, "a bool", describe(*value));
    return *flag;
}

std::string GgufFile::requireString(std::string_view key) const
{
    return *required(*this, key, "a string", optionalString(key));
}

uint64_t GgufFile::requireUnsigned(std::string_view key, uint64_t maximum) const
{
    return *required(*this, key, "an integer", optionalUnsigned(key, maximum));
}

double GgufFile::requireNumber(std::string_view key) const
{
    return *required(*this, key, "a number", optionalNumber(key));
}

const std::vector<std::string> *GgufFile::optionalStrings(std::string_view key) const
{
    const MetadataArray *array = findArray(*this, key, "an array of strings");
    if (array == nullptr)
        return nullptr;
    const auto *strings = std::get_if<std::vector<std::string>>(array);
    if (strings == nullptr)
        failAt(*this, key, "an array of strings", describe(*array));
    return strings;
}

std::optional<std::vector<float>> GgufFile::optionalFloats(std::string_view key) const
{
    const MetadataArray *array = findArray(*this, key, "an array of numbers");
    if (array == nullptr)
        return std::nullopt;
    const auto *numbers = std::get_if<std::vector<double>>(array);
    if (numbers == nullptr)
        failAt(*this, key, "an array of floating-point numbers", describe(*array));
    std::vector<float> floats;
    floats.reserve(numbers->size());
    for (const double number : *numbers) {
        if (std::isfinite(number) && std::abs(number) > std::numeric_limits<float>::max())
            failAt(*this, key, "numbers that fit a float32", std::to_string(number));
        floats.push_back(static_cast<float>(number));
    }
    return floats;
}

std::optional<std::vector<int32_t>> GgufFile::optionalInts(std::string_view key) const
{
    const MetadataArray *array = findArray(*this, key, "an array of integers");
    if (array == nullptr)
        return std::nullopt;
    if (const auto *integers = std::get_if<std::vector<int64_t>>(array))
        return narrowed(*this, key, *integers);
    if (const auto *integers = std::get_if<std::vector<uint64_t>>(array))
        return narrowed(*this, key, *integers);
    failAt(*this, key, "an array of integers", describe(*array));
}

} // namespace inferlab
