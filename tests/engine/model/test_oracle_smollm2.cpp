// The default model against logits of another implementation: closely on the reference, within the
// error of int8 activations on the CPU.
#include "default_model.h"
#include "support/oracle_logits.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace inferlab;
using namespace inferlab::test;

namespace {

std::shared_ptr<LoadedModel> load(const char *device)
{
    LoadOptions options;
    options.device = device;
    return LoadedModel::load(defaultModelPath(), options);
}

std::vector<ExpectedSequence> expectations()
{
    return readSmolExpectation(INFERLAB_FIXTURES "/smollm2_logits.jsonl");
}

} // namespace

TEST_CASE("the reference agrees with float32 arithmetic on dequantised weights")
{
    const std::shared_ptr<LoadedModel> model = load("reference");
    int compared = 0;
    for (const ExpectedSequence &expected : expectations()) {
        if (expected.ids.size() > 60)
            continue; // plain loops: the short ones show the same
        CAPTURE(expected.name);
        const Measured measured = measure(*model, expected.ids, DType::F32);
        CHECK(largestDifference(expected, measured) < 0.01);
        CHECK(std::abs(measured.logSumExp - expected.logSumExp) < 0.005);
        if (expected.meanNll >= 0)
            CHECK(std::abs(measured.meanNll - expected.meanNll) < 0.001);
        ++compared;
    }
    CHECK(compared >= 5);
}

TEST_CASE("the CPU stays within the error of int8 activations")
{
    const std::shared_ptr<LoadedModel> model = load("cpu");
    for (const ExpectedSequence &expected : expectations()) {
        CAPTURE(expected.name);
        const Measured measured = measure(*model, expected.ids, DType::F16);
        CHECK(largestDifference(expected, measured) < 1.2);
        // The first 20 are the most likely tokens: their log-probabilities.
        for (size_t i = 0; i < 20; ++i) {
            const auto [id, logit] = expected.logits[i];
            const double mine = measured.lastLogits[static_cast<size_t>(id)] - measured.logSumExp;
            CHECK(std::abs(mine - (logit - expected.logSumExp)) < 0.5);
        }
        if (expected.meanNll >= 0)
            CHECK(std::abs(measured.meanNll - expected.meanNll) < 0.05);
    }
}

TEST_CASE("the CPU's greedy continuations follow where the gap allows")
{
    const std::shared_ptr<LoadedModel> model = load("cpu");
    for (const ExpectedSequence &expected : expectations()) {
        CAPTURE(expected.name);
        const GreedyAgreement agreement = compareGreedy(model, expected, DType::F16);
        CAPTURE(agreement.agreed);
        CHECK(agreement.gapAtDifference < 0.3);
    }
}
