// Whole models on the CUDA backend against logits of another implementation and against the CPU's.
// Runs on a GPU or, with the emulated module beside it, on the host.
#include "support/fixtures_folder.h"
#include "support/oracle_logits.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

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
};
constexpr TinyCase kRoundedFiles[] = {
    {"llama3_rope_tied", "llama3_rope_tied.f16.gguf", "expected_f16"},
    {"llama_gqa", "llama_gqa.q8_0.gguf", "expected_q8_0"},
    {"mistral_head_dim", "mistral_head_dim.q8_0.gguf", "expected_q8_0"},
};

std::string path(const TinyCase &tiny, const char *name)
{
    return fixturesFolder() + "/tiny/" + tiny.folder + "/" + name;
}

std::shared_ptr<LoadedModel> load(const TinyCase &tiny, const char *device)
{
    LoadOptions options;
    options.device = device;
    options.threads = 2;
    return LoadedModel::load(path(tiny, tiny.file), options);
}

// Largest difference over the largest logit of the other.
double relativeDifference(const Measured &found, const Measured &expected)
{
    double difference = 0.0;
    double largest = 0.0;
    REQUIRE(found.lastLogits.size() == expected.lastLogits.size());
    for (size_t i = 0; i < expected.lastLogits.size(); ++i) {
        difference = std::max(difference,
                              std::abs(static_cast<double>(found.lastLogits[i])
                                       - static_cast<double>(expected.lastLogits[i])));
        largest = std::max(largest, std::abs(static_cast<double>(expected.lastLogits[i])));
    }
    return difference / largest;
}

} // namespace

TEST_CASE("float32 weights give the expected logits and continuations")
{
    for (const TinyCase &tiny : kFloatFiles) {
        CAPTURE(tiny.file);
        const std::shared_ptr<LoadedModel> model = load(tiny, "cuda");
        for (const ExpectedSequence &expected :
             readTinyExpectation(path(tiny, "expected.json"), tiny.key)) {
            CAPTURE(expected.name);
            const Measured measured = measure(*model, expected.ids, DType::F32);
            CHECK(largestDifference(expected, measured) < 1e-3);
            if (expected.meanNll >= 0)
                CHECK(measured.meanNll == doctest::Approx(expected.meanNll).epsilon(1e-4));
            CHECK(compareGreedy(model, expected, DType::F32).gapAtDifference < 0.005);
            CHECK(largestDifference(expected, measure(*model, expected.ids, DType::F16)) < 0.03);
        }
    }
}

TEST_CASE("rounded weights stay close to the reference's logits, batch-invariant or not")
{
    for (const TinyCase &tiny : kRoundedFiles) {
        CAPTURE(tiny.file);
        const std::shared_ptr<LoadedModel> exact = load(tiny, "reference");
        const std::shared_ptr<LoadedModel> model = load(tiny, "cuda");
        for (const bool batchInvariant : {false, true}) {
            CAPTURE(batchInvariant);
            model->backend().setBatchInvariant(batchInvariant);
            for (const ExpectedSequence &expected :
                 readTinyExpectation(path(tiny, "expected.json"), tiny.key)) {
                CAPTURE(expected.name);
                const Measured measured = measure(*model, expected.ids, DType::F16);
                const Measured reference = measure(*exact, expected.ids, DType::F16);
                CHECK(relativeDifference(measured, reference) < 2e-2);
                CHECK(compareGreedy(model, expected, DType::F16).gapAtDifference < 0.1);
            }
        }
    }
}
