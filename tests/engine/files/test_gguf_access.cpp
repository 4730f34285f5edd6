// Typed access to metadata: every width, ranges, and the words for a wrong type.
#include "small_gguf.h"

#include <doctest/doctest.h>

#include <limits>
#include <memory>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr uint64_t kAny = std::numeric_limits<uint64_t>::max();

std::shared_ptr<const GgufFile> opened(const GgufWriter &writer)
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writer.write(folder / "m.gguf");
    return GgufFile::open(folder / "m.gguf"); // the mapping outlives the name
}

} // namespace

TEST_CASE("values of every width arrive as they were written")
{
    const auto file = opened(smallGguf());
    CHECK(file->optionalUnsigned("v.u8", kAny) == 200);
    CHECK(file->optionalUnsigned("v.u16", kAny) == 60000);
    CHECK(file->optionalUnsigned("v.u32", kAny) == 4000000000u);
    CHECK(file->optionalUnsigned("v.u64", kAny) == kAny);
    CHECK(std::get<int64_t>(*file->findMetadata("v.i8")) == -100);
    CHECK(std::get<int64_t>(*file->findMetadata("v.i16")) == -30000);
    CHECK(std::get<int64_t>(*file->findMetadata("v.i32")) == -2000000000);
    CHECK(std::get<int64_t>(*file->findMetadata("v.i64")) == std::numeric_limits<int64_t>::min());
    CHECK(file->optionalNumber("v.f32") == 0.5);
    CHECK(file->optionalNumber("v.f64") == 1e300);
    CHECK(file->optionalNumber("v.i8") == -100.0);
    CHECK(file->optionalBool("v.bool") == true);
    CHECK(file->optionalString("general.architecture") == "llama");
    CHECK(file->metadata().front().first == "general.architecture");
    CHECK(file->metadata().size() == 21);
}

TEST_CASE("arrays of every width")
{
    const auto file = opened(smallGguf());
    CHECK(file->optionalInts("a.u8") == std::vector<int32_t> {1, 255});
    CHECK(file->optionalInts("a.i16") == std::vector<int32_t> {-1, 1});
    CHECK(file->optionalInts("a.i32") == std::vector<int32_t> {3, -4});
    CHECK(file->optionalFloats("a.f32") == std::vector<float> {1.5f, -2.0f});
    REQUIRE(file->optionalStrings("a.text") != nullptr);
    CHECK(*file->optionalStrings("a.text") == std::vector<std::string> {"one", "", "three"});
    CHECK(file->optionalStrings("a.empty")->empty());
    const auto &bools = std::get<MetadataArray>(*file->findMetadata("a.bool"));
    CHECK(std::get<std::vector<bool>>(bools) == std::vector<bool> {true, false});
}

TEST_CASE("what is missing is empty when optional and named when required")
{
    const auto file = opened(smallGguf());
    CHECK(file->findMetadata("no") == nullptr);
    CHECK_FALSE(file->optionalString("no").has_value());
    CHECK_FALSE(file->optionalUnsigned("no", 1).has_value());
    CHECK_FALSE(file->optionalNumber("no").has_value());
    CHECK_FALSE(file->optionalBool("no").has_value());
    CHECK(file->optionalStrings("no") == nullptr);
    CHECK_FALSE(file->optionalFloats("no").has_value());
    CHECK_FALSE(file->optionalInts("no").has_value());
    CHECK_THROWS_WITH_AS(file->requireString("no"),
                         doctest::Contains("key \"no\": expected a string, found no such key"),
                         InputError);
    CHECK_THROWS_AS(file->requireUnsigned("no", 1), InputError);
    CHECK_THROWS_AS(file->requireNumber("no"), InputError);
}

TEST_CASE("another type, or a number out of range, is refused by name")
{
    const auto file = opened(smallGguf());
    const auto says = [](const char *words) { return doctest::Contains(words); };
    CHECK_THROWS_WITH_AS(file->optionalString("v.u8"),
                         says("key \"v.u8\": expected a string, found 200"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalUnsigned("v.u8", 199), says("from 0 to 199, found 200"),
                         InputError);
    CHECK_THROWS_WITH_AS(file->optionalUnsigned("v.i8", kAny), says("found -100"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalUnsigned("v.f32", kAny), says("found the number 0.5"),
                         InputError);
    CHECK_THROWS_WITH_AS(file->optionalUnsigned("v.bool", kAny), says("found a bool"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalNumber("general.architecture"),
                         says("a number, found a string"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalBool("v.u8"), says("a bool, found 200"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalStrings("a.i32"), says("found an array of 2 integers"),
                         InputError);
    CHECK_THROWS_WITH_AS(file->optionalStrings("v.u8"), says("an array of strings, found 200"),
                         InputError);
    CHECK_THROWS_WITH_AS(file->optionalFloats("a.i32"), says("floating-point"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalFloats("a.f64"), says("float32"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalInts("a.u64"),
                         says("integers of 32 bits, found 18446744073709551615"), InputError);
    CHECK_THROWS_WITH_AS(file->optionalInts("a.text"), says("found an array of 3 strings"),
                         InputError);
}

TEST_CASE("tensors keep the file's order and lie at padded places")
{
    const auto file = opened(smallGguf());
    REQUIRE(file->tensors().size() == 3);
    uint64_t end = 0;
    const unsigned char fill[] = {1, 2, 3};
    for (size_t i = 0; i < 3; ++i) {
        const TensorEntry &tensor = file->tensors()[i];
        CHECK(tensor.fileOffset % 32 == 0);
        CHECK(tensor.fileOffset >= end);
        end = tensor.fileOffset + tensor.bytes;
        const auto *bytes = static_cast<const unsigned char *>(tensor.data);
        CHECK(bytes[0] == fill[i]);
        CHECK(bytes[tensor.bytes - 1] == fill[i]);
    }
    CHECK(end == file->fileBytes());
    CHECK(file->tensor("vector").shape == std::vector<int64_t> {7});
    CHECK(file->tensor("blocks.weight").elements() == 128);
}

TEST_CASE("a file without keys and tensors, and a tensor without dimensions")
{
    const auto empty = opened(GgufWriter {});
    CHECK(empty->metadata().empty());
    CHECK(empty->tensors().empty());
    GgufWriter writer;
    writer.addTensor("scalar", {}, DType::F32, std::string(4, '\0'));
    const auto file = opened(writer);
    CHECK(file->tensor("scalar").elements() == 1);
    CHECK(file->tensor("scalar").matrix().rows == 1);
    CHECK(file->tensor("scalar").matrix().cols == 1);
}
