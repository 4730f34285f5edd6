// A small GGUF file with a value of every type, and what opening a damaged one of it says.
#pragma once

#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "support/gguf_writer.h"
#include "support/scratch_folder.h"

#include <cstdint>
#include <limits>
#include <string>

namespace inferlab::test {

inline GgufWriter smallGguf()
{
    GgufWriter writer;
    writer.addKey("general.architecture", ggufText("llama"));
    writer.addKey("v.u8", ggufU8(200));
    writer.addKey("v.i8", ggufI8(-100));
    writer.addKey("v.u16", ggufU16(60000));
    writer.addKey("v.i16", ggufI16(-30000));
    writer.addKey("v.u32", ggufU32(4000000000u));
    writer.addKey("v.i32", ggufI32(-2000000000));
    writer.addKey("v.f32", ggufF32(0.5f));
    writer.addKey("v.bool", ggufBool(true));
    writer.addKey("v.u64", ggufU64(std::numeric_limits<uint64_t>::max()));
    writer.addKey("v.i64", ggufI64(std::numeric_limits<int64_t>::min()));
    writer.addKey("v.f64", ggufF64(1e300));
    writer.addKey("a.u8", ggufArray({ggufU8(1), ggufU8(255)}));
    writer.addKey("a.i16", ggufArray({ggufI16(-1), ggufI16(1)}));
    writer.addKey("a.i32", ggufI32s({3, -4}));
    writer.addKey("a.u64", ggufArray({ggufU64(1), ggufU64(std::numeric_limits<uint64_t>::max())}));
    writer.addKey("a.f32", ggufF32s({1.5f, -2.0f}));
    writer.addKey("a.f64", ggufArray({ggufF64(1e300)}));
    writer.addKey("a.bool", ggufArray({ggufBool(true), ggufBool(false)}));
    writer.addKey("a.text", ggufTexts({"one", "", "three"}));
    writer.addKey("a.empty", ggufTexts({}));
    writer.addTensor("plain.weight", {3, 5}, DType::F32, std::string(3 * 5 * 4, '\1'));
    writer.addTensor("blocks.weight", {2, 64}, DType::Q8_0, std::string(2 * 2 * 34, '\2'));
    writer.addTensor("vector", {7}, DType::F16, std::string(7 * 2, '\3'));
    return writer;
}

// "opened", or the message of the InputError. Any other exception is the test's failure.
inline std::string openingSays(const std::filesystem::path &path)
{
    try {
        GgufFile::open(path);
    } catch (const InputError &error) {
        return error.what();
    }
    return "opened";
}

inline std::string openingBytesSays(const std::string &bytes)
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writeBytes(folder / "m.gguf", bytes);
    return openingSays(folder / "m.gguf");
}

} // namespace inferlab::test
