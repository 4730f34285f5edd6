// The default model on a text of 2,048 tokens against float32 arithmetic on exactly dequantised
// weights (tests/fixtures/perplexity): what int8 activations and a half-precision cache may cost.
#include "default_model.h"
#include "engine/base/json.h"
#include "engine/model/evaluate.h"
#include "engine/model/loaded_model.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <fstream>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// Logits differ by this much between computations whose activations are rounded to int8; single
// ones by more, so that of 2,000 choices one or two change where the gap is somewhat wider.
constexpr double kClearGap = 0.3;

struct Window
{
    std::vector<int32_t> ids;
    double meanNll = 0.0; // natural logarithm, over ids 1 .. n - 1
    std::vector<int32_t> top;
    std::vector<double> gap; // best minus second logit
};

std::vector<Window> expectedWindows()
{
    std::ifstream file(INFERLAB_FIXTURES "/perplexity/expected.json");
    REQUIRE(file.good());
    const Json document = Json::parse(file);
    const auto ids = document["ids"].get<std::vector<int32_t>>();
    const auto length = document["window_tokens"].get<size_t>();
    std::vector<Window> windows;
    for (const Json &entry : document["windows"]) {
        const size_t first = windows.size() * length;
        const size_t end = std::min(first + length, ids.size());
        Window window;
        window.ids.assign(ids.begin() + static_cast<std::ptrdiff_t>(first),
                          ids.begin() + static_cast<std::ptrdiff_t>(end));
        window.meanNll = entry["mean_nll"].get<double>();
        window.top = entry["top"].get<std::vector<int32_t>>();
        window.gap = entry["gap"].get<std::vector<double>>();
        REQUIRE(window.top.size() == window.ids.size());
        REQUIRE(window.gap.size() == window.ids.size());
        windows.push_back(std::move(window));
    }
    return windows;
}

struct Agreement
{
    double exactNll = 0.0, nll = 0.0; // sums
    size_t predicted = 0, positions = 0;
    size_t otherTop = 0;      // positions with another most likely token
    size_t otherClearTop = 0; // those of them where the exact gap is above kClearGap
    double widestGap = 0;     // the largest gap at any of them

    // How much larger the perplexity is than the exact one, as a share of it.
    double perplexityChange() const
    {
        return std::exp((nll - exactNll) / static_cast<double>(predicted)) - 1.0;
    }
};

Agreement compare(const char *instructionSet)
{
    LoadOptions load;
    load.device = "cpu";
    load.instructionSet = instructionSet;
    const std::shared_ptr<LoadedModel> model = LoadedModel::load(defaultModelPath(), load);
    EvaluateOptions options;
    options.allPositions = true;
    Agreement result;
    for (const Window &window : expectedWindows()) {
        result.exactNll += window.meanNll * static_cast<double>(window.ids.size() - 1);
        result.predicted += window.ids.size() - 1;
        result.positions += window.ids.size();
        evaluate(*model, window.ids, options, [&](int32_t position, std::span<const float> logits) {
            const auto at = static_cast<size_t>(position);
            if (at + 1 < window.ids.size())
                result.nll += negativeLogLikelihood(logits, window.ids[at + 1]);
            const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
            if (best != window.top[at]) {
                ++result.otherTop;
                result.otherClearTop += window.gap[at] > kClearGap ? 1 : 0;
                result.widestGap = std::max(result.widestGap, window.gap[at]);
            }
        });
    }
    MESSAGE("perplexity " << std::exp(result.nll / static_cast<double>(result.predicted)) << " ("
                          << 100.0 * result.perplexityChange() << "% from the exact one), "
                          << result.otherTop << " of " << result.positions
                          << " positions with another best token, " << result.otherClearTop
                          << " of them where the gap is above " << kClearGap << " (widest "
                          << result.widestGap << ")");
    return result;
}

} // namespace

TEST_CASE("int8 activations keep the perplexity and, where its gap is wide enough, the best token")
{
    const Agreement agreement = compare("");
    CHECK(agreement.positions >= 2000);
    CHECK(std::abs(agreement.perplexityChange()) < 0.005);
    CHECK(agreement.otherClearTop * 1000 <= agreement.positions);
    CHECK(agreement.widestGap < 0.5);
}
