// Whole random models in every element type that has kernels: logits near the CPU's, the same
// greedy tokens wherever the two best are apart, and the same bits run after run. Runs on a GPU or,
// with the emulated module beside it, on the host.
#include "engine/run/engine.h"
#include "support/oracle_logits.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr DType kTypes[] = {DType::F16,  DType::BF16, DType::Q4_0, DType::Q4_1, DType::Q5_0,
                            DType::Q5_1, DType::Q8_0, DType::Q4_K, DType::Q5_K, DType::Q6_K};

// More than a matrix-vector kernel takes at once, and two blocks of the cache in the end.
const std::vector<int32_t> kPrompt {11, 200, 57, 3, 98, 150, 33, 260, 77, 12, 240, 5, 171};
constexpr int32_t kNewTokens = 24;

class ModelFile
{
public:
    explicit ModelFile(DType dtype)
        : m_folder(std::filesystem::temp_directory_path())
    {
        RandomModelSpec spec;
        spec.embedding = 256; // a block of the K types
        spec.feedForward = 256;
        spec.heads = 8;
        spec.kvHeads = 2;
        spec.dtype = dtype;
        makeRandomModel(spec).write(m_folder / "model.gguf");
    }
    std::shared_ptr<LoadedModel> open(const char *device) const
    {
        LoadOptions options;
        options.device = device;
        options.threads = 2;
        return LoadedModel::load(m_folder / "model.gguf", options);
    }

private:
    ScratchFolder m_folder;
};

double relativeDifference(const std::vector<float> &found, const std::vector<float> &expected)
{
    double difference = 0.0;
    double largest = 0.0;
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        const auto wanted = static_cast<double>(expected[i]);
        difference = std::max(difference, std::abs(static_cast<double>(found[i]) - wanted));
        largest = std::max(largest, std::abs(wanted));
    }
    return difference / largest;
}

double gapOfBestTwo(std::span<const float> logits)
{
    std::vector<float> sorted(logits.begin(), logits.end());
    std::partial_sort(sorted.begin(), sorted.begin() + 2, sorted.end(), std::greater<>());
    return static_cast<double>(sorted[0]) - static_cast<double>(sorted[1]);
}

// What the model writes, and by how much each token was better than the next.
ExpectedSequence greedyAnswer(const std::shared_ptr<LoadedModel> &model)
{
    ExpectedSequence answer;
    answer.ids = kPrompt;
    EngineOptions options;
    options.contextTokens = static_cast<int32_t>(kPrompt.size()) + kNewTokens;
    options.lookAtLogits = [&answer](RequestId, std::span<const float> logits) {
        answer.gaps.push_back(gapOfBestTwo(logits));
    };
    const std::unique_ptr<Engine> engine = openEngine(model, options);
    Request request;
    request.promptTokens = kPrompt;
    request.maxNewTokens = kNewTokens;
    request.ignoreEnd = true;
    engine->submit(std::move(request));
    while (!engine->idle()) {
        for (const TokenEvent &token : engine->step().tokens)
            answer.greedy.push_back(token.id);
    }
    REQUIRE(answer.greedy.size() == static_cast<size_t>(kNewTokens));
    return answer;
}

} // namespace

TEST_CASE("logits of every type stay close to the CPU's, and greedy tokens agree")
{
    for (const DType dtype : kTypes) {
        CAPTURE(dtypeInfo(dtype).name);
        const ModelFile file(dtype);
        const std::shared_ptr<LoadedModel> cpu = file.open("cpu");
        const std::shared_ptr<LoadedModel> cuda = file.open("cuda");
        const bool isFloat = dtype == DType::F16 || dtype == DType::BF16;
        const Measured expected = measure(*cpu, kPrompt, DType::F16);
        const Measured found = measure(*cuda, kPrompt, DType::F16);
        CHECK(relativeDifference(found.lastLogits, expected.lastLogits) < (isFloat ? 1e-2 : 2e-2));
        CHECK(compareGreedy(cuda, greedyAnswer(cpu), DType::F16).gapAtDifference < 0.1);
    }
}

TEST_CASE("a model's answer repeats itself bit for bit")
{
    for (const DType dtype : {DType::F16, DType::Q4_0, DType::Q6_K}) {
        CAPTURE(dtypeInfo(dtype).name);
        const ModelFile file(dtype);
        const std::shared_ptr<LoadedModel> model = file.open("cuda");
        const ExpectedSequence first = greedyAnswer(model);
        const ExpectedSequence second = greedyAnswer(model);
        CHECK(first.greedy == second.greedy);
        CHECK(first.gaps == second.gaps);
        const std::vector<float> a = measure(*model, kPrompt, DType::F16).lastLogits;
        const std::vector<float> b = measure(*file.open("cuda"), kPrompt, DType::F16).lastLogits;
        REQUIRE(a.size() == b.size());
        CHECK(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
    }
}
