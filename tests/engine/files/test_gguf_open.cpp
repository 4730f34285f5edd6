// Whole, good files: those of the fixtures and the default model.
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "kernels/api/dequantize.h"

#include "default_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <vector>

using namespace inferlab;

namespace {

std::shared_ptr<const GgufFile> openTiny(const std::string &model, const std::string &type)
{
    return GgufFile::open(INFERLAB_FIXTURES "/tiny/" + model + "/" + model + "." + type + ".gguf");
}

double meanSquare(const TensorEntry &tensor)
{
    std::vector<float> values(static_cast<size_t>(tensor.elements()));
    dequantizeRow(tensor.dtype, tensor.data, values.data(), tensor.elements());
    double sum = 0;
    for (const float value : values)
        sum += static_cast<double>(value) * static_cast<double>(value);
    return sum / static_cast<double>(values.size());
}

} // namespace

TEST_CASE("a tiny llama model opens with its metadata and tensors")
{
    const auto file = openTiny("llama_gqa", "f32");
    CHECK(file->version() == 3);
    CHECK(file->alignment() == 32);
    CHECK(file->requireString("general.architecture") == "llama");
    CHECK(file->requireUnsigned("llama.block_count", 1000) == 2);
    CHECK(file->requireNumber("llama.attention.layer_norm_rms_epsilon") == doctest::Approx(1e-5));
    const auto *tokens = file->optionalStrings("tokenizer.ggml.tokens");
    REQUIRE(tokens != nullptr);
    CHECK(tokens->size() == 512);

    const TensorEntry &keys = file->tensor("blk.1.attn_k.weight");
    CHECK(keys.dtype == DType::F32);
    CHECK(keys.shape == std::vector<int64_t> {32, 64});
    CHECK(keys.matrix().rows == 32);
    CHECK(keys.matrix().cols == 64);
    CHECK(keys.bytes == 32 * 64 * 4);
    CHECK(file->tensor("output_norm.weight").matrix().rows == 1);
}

TEST_CASE("tensors of one model hold the same values, rounded, in another type")
{
    const auto exact = openTiny("llama_gqa", "f32");
    const auto rounded = openTiny("llama_gqa", "q8_0");
    int compared = 0;
    for (const TensorEntry &tensor : exact->tensors()) {
        CAPTURE(tensor.name);
        const TensorEntry &other = rounded->tensor(tensor.name);
        REQUIRE(other.shape == tensor.shape);
        CHECK(std::abs(meanSquare(other) / meanSquare(tensor) - 1) < 0.01);
        compared += other.dtype == DType::Q8_0 ? 1 : 0;
    }
    CHECK(compared >= 14);
}

TEST_CASE("a tensor that is not there is named")
{
    const auto file = openTiny("llama3_rope_tied", "f16");
    CHECK(file->findTensor("rope_freqs.weight") != nullptr);
    CHECK(file->findTensor("output.weight") == nullptr);
    CHECK_THROWS_WITH_AS(file->tensor("output.weight"), doctest::Contains("output.weight"),
                         InputError);
}

TEST_CASE("data stays readable after its pages were released")
{
    const auto file = openTiny("llama_gqa", "f32");
    const TensorEntry &tensor = file->tensor("token_embd.weight");
    const double before = meanSquare(tensor);
    file->releasePages(tensor);
    CHECK(meanSquare(tensor) == before);
}

TEST_CASE("the default model opens")
{
    const auto file = GgufFile::open(test::defaultModelPath());
    CHECK(file->requireString("general.architecture") == "llama");
    CHECK(file->tensors().size() == 272);
    CHECK(file->tensor("token_embd.weight").shape == std::vector<int64_t> {49152, 576});
    // Norms of a trained model: neither zero nor huge.
    const double norm = meanSquare(file->tensor("output_norm.weight"));
    CHECK(norm > 0.01);
    CHECK(norm < 1000);
}
