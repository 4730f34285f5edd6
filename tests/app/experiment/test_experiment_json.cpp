// Experiments to JSON and back, and files that are refused.
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"

#include "engine/base/error.h"

#include <doctest/doctest.h>

using namespace inferlab;

namespace {

const std::string kGood = R"({"format": "inferlab-experiment", "version": 1, "name": "mine",
 "axes": [{"vary": "batch", "values": [1, 8]}], "hold": {"new_tokens": 32, "temperature": 0.7},
 "repeats": 3, "prompts": ["Why?"]})";

std::string replaced(const std::string &what, const std::string &with)
{
    std::string text = kGood;
    const size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

std::string refusal(const std::string &json)
{
    try {
        experimentFromJson(json, "e.json");
    } catch (const InputError &error) {
        return error.what();
    }
    return "accepted";
}

} // namespace

TEST_CASE("what is missing has its default")
{
    const Experiment experiment = experimentFromJson(kGood, "e.json");
    CHECK(experiment.name == "mine");
    CHECK(experiment.repeats == 3);
    CHECK(experiment.warmUps == 1);
    CHECK(experiment.held.run.maxNewTokens == 32);
    CHECK(experiment.held.run.sampling.temperature == 0.7f);
    CHECK(experiment.held.run.kvCache);
    REQUIRE(experiment.axes.size() == 1);
    CHECK(experiment.axes[0] == ExperimentAxis {AxisKind::Batch, {1.0, 8.0}});
}

TEST_CASE("every preset comes back from its JSON")
{
    for (const Experiment &preset : experimentPresets()) {
        CAPTURE(preset.name);
        const Experiment whole = fitted(preset, 64, {"a.gguf", "b.gguf"});
        const std::string text = jsonText(experimentToJson(whole), 2);
        const Experiment again = experimentFromJson(text, "preset");
        CHECK(jsonText(experimentToJson(again), 2) == text);
        CHECK(again.axes == whole.axes);
        CHECK(again.stop == whole.stop);
    }
}

TEST_CASE("every field comes back")
{
    Experiment experiment = experimentFromJson(kGood, "e.json");
    experiment.note = "a note";
    experiment.held.modelFile = "m.gguf";
    RunSettings &run = experiment.held.run;
    run.device = "reference";
    run.threads = 3;
    run.batch = 5;
    run.concurrency = 6;
    run.requests = 7;
    run.leastNewTokens = 9;
    run.promptTokens = 8;
    run.ignoreEnd = true;
    run.chat = false;
    run.systemPrompt = "Be brief.";
    run.kvCache = false;
    run.cacheType = DType::Q8_0;
    run.batchInvariant = true;
    run.stepGraphs = false;
    run.padding = true;
    run.scheduler = BatchPolicy::Continuous;
    run.chunkTokens = 64;
    run.sampling = {0.5f, 40, 0.9f, 0.05f, 1.1f, 1};
    experiment.coolDownSeconds = 1.5;
    experiment.seed = std::numeric_limits<uint64_t>::max();
    experiment.stop = {100, 10, 5};
    experiment.repeats = 6;
    // Held together the two would be refused.
    experiment.axes.push_back({AxisKind::Padding, {std::string("off"), std::string("on")}});
    const std::string text = jsonText(experimentToJson(experiment));
    const Experiment again = experimentFromJson(text, "e.json");
    CHECK(jsonText(experimentToJson(again)) == text);
    CHECK(again.held.run.scheduler == BatchPolicy::Continuous);
    CHECK(again.held.run.padding);
    CHECK(again.held.run.cacheType == DType::Q8_0);
    CHECK(again.held.run.batchInvariant);
    CHECK_FALSE(again.held.run.stepGraphs);
    CHECK(again.held.run.chunkTokens == 64);
    CHECK(again.held.run.leastNewTokens == 9);
    CHECK(again.seed == experiment.seed);
    CHECK(again.stop == experiment.stop);
}

TEST_CASE("a wrong file is refused in one line that names the place")
{
    CHECK(refusal(replaced("\"repeats\"", "\"repeat\"")).find("expected one of format, version")
          != std::string::npos);
    CHECK(refusal(replaced("\"repeats\"", "\"repeat\"")).find("found \"repeat\"")
          != std::string::npos);
    CHECK(refusal(replaced("\"new_tokens\"", "\"new_token\"")).find("e.json: hold: expected one of")
          == 0);
    CHECK(refusal(replaced("[1, 8]", "[1, \"8\"]"))
          == "e.json: axes[0].values[1]: expected a whole number from 1 to 256, found \"8\"");
    CHECK(refusal(replaced("[1, 8]", "[1, -8]"))
          == "e.json: axes[0].values[1]: expected a whole number from 1 to 256, found -8");
    CHECK(refusal(replaced("[1, 8]", "[1, 1e300]")).find("axes[0].values[1]") != std::string::npos);
    CHECK(refusal(replaced("[1, 8]", "[1.5]")).find("whole number") != std::string::npos);
    CHECK(refusal(replaced("[1, 8]", "[]")).find("at least one value") != std::string::npos);
    CHECK(refusal(replaced("[1, 8]", "[true]"))
          == "e.json: axes[0].values[0]: expected a number or text, found boolean");
    CHECK(refusal(replaced("\"batch\"", "\"size\"")).find("axes[0].vary: expected one of batch")
          != std::string::npos);
    CHECK(refusal(replaced("\"repeats\": 3", "\"repeats\": 3.5")).find("repeats")
          != std::string::npos);
    CHECK(refusal(replaced("\"repeats\": 3", "\"repeats\": 99999999999"))
          == "e.json: repeats: expected an integer from 1 to 1000, found 99999999999");
    CHECK(refusal(replaced("0.7", "-1")).find("temperature") != std::string::npos);
    CHECK(refusal(replaced("0.7", "1e39")).find("a number that a float holds")
          != std::string::npos);
    CHECK(refusal(replaced("\"Why?\"", "")).find("prompts") != std::string::npos);
    CHECK(refusal(replaced("\"Why?\"", "7")).find("e.json: prompts[0]: expected a string") == 0);
    CHECK(refusal(replaced("\"version\": 1", "\"version\": 2"))
          == "e.json: version: expected 1, found 2");
    CHECK(refusal("[]").find("e.json") == 0);
    CHECK(refusal("{").find("e.json: line 1") == 0);
    CHECK(refusal(replaced("\"name\": \"mine\",", "")).find("\"name\"") != std::string::npos);
}

TEST_CASE("a file that is not there is refused")
{
    CHECK_THROWS_AS(readExperiment("/nowhere/e.json"), InputError);
}
