// Steps of static and continuous batches by hand, and the sentences on results whose truth is
// known.
#include "app/experiment/batching_verdicts.h"

#include "app/experiment/experiment_presets.h"
#include "app/experiment/experiment_verdicts.h"
#include "engine/run/random.h"
#include "support/synthetic_experiment.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace inferlab;

namespace {

bool says(const std::vector<std::string> &sentences, const std::string &part)
{
    return std::any_of(sentences.begin(), sentences.end(), [&part](const std::string &sentence) {
        return sentence.find(part) != std::string::npos;
    });
}

} // namespace

TEST_CASE("steps of batches, counted by hand")
{
    // Static: 5 for the first two, 4 for the others. Continuous: the second place is free after 1,
    // takes 4 until 5, where the last one begins in the place that is free first.
    const std::vector<int64_t> lengths {5, 1, 4, 2};
    const BatchingSteps steps = batchingSteps(lengths, 2);
    CHECK(steps.staticSteps == 9);
    CHECK(steps.continuousSteps == 7);
    const std::vector<int64_t> equal(8, 3);
    CHECK(batchingSteps(equal, 4).staticSteps == 6);
    CHECK(batchingSteps(equal, 4).continuousSteps == 6);
    CHECK(batchingSteps({}, 4).staticSteps == 0);
    CHECK(batchingSteps({}, 4).continuousSteps == 0);
}

TEST_CASE("uniform lengths come to 2B / (B + 1), as the theory has it")
{
    std::vector<int64_t> lengths;
    Random random(1);
    for (int i = 0; i < 64000; ++i)
        lengths.push_back(1 + static_cast<int64_t>(random.next() % 1000));
    const BatchingSteps steps = batchingSteps(lengths, 8);
    const double ratio =
        static_cast<double>(steps.staticSteps) / static_cast<double>(steps.continuousSteps);
    CHECK(ratio == doctest::Approx(16.0 / 9).epsilon(0.02));
}

TEST_CASE("the presets batching and chunk reach their sentences")
{
    Experiment batching = experimentPreset("batching");
    const auto sentences = experimentVerdicts(*makeSyntheticResult(batching, 4));
    CHECK(says(sentences, "batch 8, scheduler continuous: a static batch waits for its longest"));
    CHECK(says(sentences, "batching continuous against static at batch size 8"));
    const auto chunks = experimentVerdicts(*makeSyntheticResult(experimentPreset("chunk"), 4));
    CHECK(says(chunks, "From chunk tokens 16 to chunk tokens 256: the longest gaps"));
    const auto others = experimentVerdicts(*makeSyntheticResult(experimentPreset("batch"), 4));
    CHECK_FALSE(says(others, "static batch"));
    CHECK_FALSE(says(others, "longest gaps"));
}
