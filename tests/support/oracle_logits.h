// Logits and continuations that other programs computed (tests/fixtures), and comparing a model
// with them.
#pragma once

#include "engine/model/loaded_model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab::test {

struct ExpectedSequence
{
    std::string name;
    std::vector<int32_t> ids;
    std::vector<std::pair<int32_t, float>> logits; // of the last position: all of them, or some
    double logSumExp = 0.0;                        // of the last position; 0 when not given
    double meanNll = -1.0;                         // negative when not given
    std::vector<int32_t> greedy;
    std::vector<double> gaps; // best minus second logit at each greedy step
};

// tests/fixtures/tiny/NAME/expected.json; key: "expected", "expected_f16", "expected_q8_0".
std::vector<ExpectedSequence> readTinyExpectation(const std::string &path, const std::string &key);
// tests/fixtures/smollm2_logits.jsonl
std::vector<ExpectedSequence> readSmolExpectation(const std::string &path);

struct Measured
{
    std::vector<float> lastLogits;
    double logSumExp = 0.0; // of the last position
    double meanNll = 0.0;   // over ids 1 .. n - 1; 0 for one id
};
Measured measure(LoadedModel &model, const std::vector<int32_t> &ids, DType cacheType);

// Largest difference over the expected logits.
double largestDifference(const ExpectedSequence &expected, const Measured &measured);
double correlation(const ExpectedSequence &expected, const Measured &measured);

// Greedy continuation by the engine: how many leading steps agree, and the expected gap between the
// best two logits at the first that does not (0 when all agree): two computations may differ where
// it is within their error, and nowhere else.
struct GreedyAgreement
{
    size_t agreed = 0;
    double gapAtDifference = 0.0;
};
GreedyAgreement compareGreedy(const std::shared_ptr<LoadedModel> &model,
                              const ExpectedSequence &expected, DType cacheType);

} // namespace inferlab::test
