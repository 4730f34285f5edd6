// Tiny models against logits of another implementation, on both backends.
#include "support/oracle_logits.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test;

namespace {

struct TinyCase
{
    const char *folder;
    const char *file;
    const char *key;
};

constexpr TinyCase kFloatFiles[] = {
    {"llama_gqa", "llama_gqa.f32.gguf", "expected"},
    {"llama3_rope_tied", "llama3_rope_tied.f32.gguf", "expected"},
    {"llama3_rope_tied", "llama3_rope_tied.f16.gguf", "expected_f16"},
};
constexpr TinyCase kInt8Files[] = {
    {"llama_gqa", "llama_gqa.q8_0.gguf", "expected_q8_0"},
    {"mistral_head_dim", "mistral_head_dim.q8_0.gguf", "expected_q8_0"},
};

std::string path(const TinyCase &tiny, const char *name)
{
    return std::string(INFERLAB_FIXTURES "/tiny/") + tiny.folder + "/" + name;
}

std::shared_ptr<LoadedModel> load(const TinyCase &tiny, const char *device)
{
    LoadOptions options;
    options.device = device;
    options.threads = 2;
    return LoadedModel::load(path(tiny, tiny.file), options);
}

void checkExact(const TinyCase &tiny, const char *device)
{
    CAPTURE(device);
    CAPTURE(tiny.file);
    const std::shared_ptr<LoadedModel> model = load(tiny, device);
    for (const ExpectedSequence &expected :
         readTinyExpectation(path(tiny, "expected.json"), tiny.key)) {
        CAPTURE(expected.name);
        const Measured measured = measure(*model, expected.ids, DType::F32);
        CHECK(largestDifference(expected, measured) < 1e-3);
        if (expected.meanNll >= 0)
            CHECK(measured.meanNll == doctest::Approx(expected.meanNll).epsilon(1e-4));
        CHECK(compareGreedy(model, expected, DType::F32).gapAtDifference < 0.005);
        // The cache's usual type rounds keys and values to 11 bits.
        CHECK(largestDifference(expected, measure(*model, expected.ids, DType::F16)) < 0.03);
    }
}

} // namespace

TEST_CASE("float weights give the expected logits on both backends")
{
    for (const TinyCase &tiny : kFloatFiles) {
        checkExact(tiny, "reference");
        checkExact(tiny, "cpu");
    }
}

TEST_CASE("the reference computes Q8_0 weights with float32 activations")
{
    for (const TinyCase &tiny : kInt8Files)
        checkExact(tiny, "reference");
}

TEST_CASE("int8 activations stay close to the exact logits")
{
    for (const TinyCase &tiny : kInt8Files) {
        CAPTURE(tiny.file);
        const std::shared_ptr<LoadedModel> model = load(tiny, "cpu");
        for (const ExpectedSequence &expected :
             readTinyExpectation(path(tiny, "expected.json"), tiny.key)) {
            CAPTURE(expected.name);
            CHECK(correlation(expected, measure(*model, expected.ids, DType::F16)) > 0.99);
            CHECK(compareGreedy(model, expected, DType::F16).gapAtDifference < 0.5);
        }
    }
}
