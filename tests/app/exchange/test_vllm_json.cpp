// vLLM's result file: ours reads back as the same times, theirs is read by its own rules, and what
// cannot be true is refused in one line.
#include "app/exchange/exchange.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/measure/metrics.h"
#include "support/synthetic_run.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace inferlab;

namespace {

// Two requests as `vllm bench serve --save-result --save-detailed` writes them, with keys that this
// program has no use for.
Json twoRequests()
{
    return Json::parse(R"({
        "date": "20261123-100000", "endpoint_type": "openai-chat", "backend": "openai-chat",
        "label": null, "model_id": "llama", "tokenizer_id": "llama", "num_prompts": 2,
        "request_rate": "inf", "burstiness": 1.0, "max_concurrency": null, "my_metadata": "x",
        "duration": 5.3, "rtfx": 0.0,
        "input_lens": [10, 20], "output_lens": [11, 101],
        "ttfts": [0.1, 0.3], "itls": [[], []], "start_times": [1000.5, 1000.5],
        "generated_texts": ["a", "b"], "errors": ["", ""]})");
}

// reference T2: ten gaps of 10 ms, a hundred of 50 ms.
Json secondExample()
{
    Json json = twoRequests();
    json["itls"][0] = std::vector<double>(10, 0.010);
    json["itls"][1] = std::vector<double>(100, 0.050);
    return json;
}

std::string refusal(const Json &json)
{
    try {
        readRuns(jsonText(json), "r.json");
    } catch (const InputError &error) {
        return error.what();
    }
    return "accepted";
}

} // namespace

TEST_CASE("vLLM's arrays give the figures that are known for them")
{
    const std::vector<RunRecord> runs = readRuns(jsonText(secondExample()), "r.json");
    REQUIRE(runs.size() == 1);
    const RunMetrics metrics = computeMetrics(runs.front());
    CHECK(metrics.tpot->mean == doctest::Approx(30.0));
    CHECK(metrics.itl->mean == doctest::Approx(46.364).epsilon(1e-4));
    CHECK(metrics.itl->p50 == doctest::Approx(50.0));
    CHECK(metrics.ttft->p90 == doctest::Approx(280.0));
    CHECK(*metrics.outputTokPerSecond == doctest::Approx(21.132).epsilon(1e-4));
    CHECK(metrics.promptTokens == 30);
    CHECK(runs.front().provenance.date == "2026-11-23T10:00:00");
    CHECK(runs.front().provenance.modelName == "llama");
    CHECK(runs.front().settings.chat);
}

TEST_CASE("several tokens in a chunk count with the last chunk")
{
    Json json = twoRequests();
    json["itls"][0] = {0.1, 0.2};
    const RunRecord run = readRuns(jsonText(json), "r.json").front();
    CHECK(outputTokens(run.requests[0]) == 11);
    CHECK(itlMs(run.requests[0]).size() == 2);
    CHECK(*tpotMs(run.requests[0]) == doctest::Approx(30.0)); // (400 - 100) / 10
    CHECK(outputTokens(run.requests[1]) == 101);
}

TEST_CASE("a failed request has a message and no first token")
{
    Json json = secondExample();
    json["errors"][0] = "connection reset";
    json["output_lens"][0] = 0;
    json["ttfts"][0] = 0.0;
    json["itls"][0] = Json::array();
    const RunRecord run = readRuns(jsonText(json), "r.json").front();
    CHECK(run.requests[0].endReason == EndReason::Error);
    CHECK(run.requests[0].message == "connection reset");
    CHECK(!ttftMs(run.requests[0]).has_value());
    const RunMetrics metrics = computeMetrics(run);
    CHECK(metrics.failed == 1);
    CHECK(metrics.ttft->n == 1);
}

TEST_CASE("what we write as vLLM's reads back with the same times, to the nanosecond")
{
    for (const SyntheticRun &shape :
         {SyntheticRun {}, SyntheticRun {.batch = 7, .queuedFrom = 3}}) {
        const RunRecord run = makeSyntheticRun(shape);
        const RunRecord back = readRuns(writeRuns({run}, ExchangeFormat::Vllm), "r.json").front();
        REQUIRE(back.requests.size() == run.requests.size());
        for (size_t i = 0; i < run.requests.size(); ++i) {
            CHECK(ttftMs(back.requests[i]) == ttftMs(run.requests[i]));
            CHECK(itlMs(back.requests[i]) == itlMs(run.requests[i]));
            CHECK(endToEndMs(back.requests[i]) == endToEndMs(run.requests[i]));
            CHECK(outputTokens(back.requests[i]) == outputTokens(run.requests[i]));
            CHECK(back.requests[i].promptTokens == run.requests[i].promptTokens);
        }
        CHECK(computeMetrics(back).outputTokPerSecond == computeMetrics(run).outputTokPerSecond);
    }
}

TEST_CASE("the summary is that of vLLM: numpy's deviation, seconds and milliseconds")
{
    const RunRecord run = readRuns(jsonText(secondExample()), "r.json").front();
    const Json json = Json::parse(writeRuns({run}, ExchangeFormat::Vllm));
    CHECK(json["completed"] == 2);
    CHECK(json["total_output_tokens"] == 112);
    CHECK(json["duration"].get<double>() == doctest::Approx(5.3));
    CHECK(json["output_throughput"].get<double>() == doctest::Approx(112 / 5.3));
    CHECK(json["mean_ttft_ms"].get<double>() == doctest::Approx(200.0));
    CHECK(json["std_ttft_ms"].get<double>() == doctest::Approx(100.0)); // ddof 0; ddof 1 is 141.4
    CHECK(json["median_itl_ms"].get<double>() == doctest::Approx(50.0));
    CHECK(json["mean_e2el_ms"].get<double>() == doctest::Approx((200.0 + 5300.0) / 2));
    CHECK(json["itls"][1].size() == 100);
    CHECK(json["latencies"][1].get<double>() == doctest::Approx(5.3));
    CHECK(json["request_rate"] == "inf");
    // The second request ends its first second with 15 tokens, the first gives all its 11 before.
    CHECK(json["max_output_tokens_per_s"] == 11 + 14);
}

TEST_CASE("a stopped run travels as vLLM's errors, and back")
{
    RunRecord run = makeSyntheticRun({.batch = 2, .newTokens = 4});
    run.requests[1].endReason = EndReason::Cancelled;
    const RunRecord back = readRuns(writeRuns({run}, ExchangeFormat::Vllm), "r.json").front();
    CHECK(back.requests[1].endReason == EndReason::Cancelled);
    CHECK(itlMs(back.requests[1]) == itlMs(run.requests[1]));
}

TEST_CASE("what cannot be is refused in one line that says where")
{
    const auto with = [](const char *key, const Json &value) {
        Json json = secondExample();
        json[key] = value;
        return refusal(json);
    };
    Json without = secondExample();
    without.erase("start_times");
    CHECK(
        refusal(without)
        == "r.json: the document: expected the array start_times (written by vllm bench serve with "
           "--save-result --save-detailed), found none");
    CHECK(with("ttfts", {0.1}) == "r.json: ttfts: expected 2 elements, as in input_lens, found 1");
    CHECK(with("ttfts", {0.1, -0.3})
          == "r.json: ttfts[1]: expected seconds from 0 to 1e9, found -0.3");
    CHECK(with("ttfts", {0.1, "x"}).find("r.json: ttfts[1]: expected a number") == 0);
    CHECK(with("ttfts", {0.1, 1e300}).find("seconds from 0 to 1e9") != std::string::npos);
    CHECK(with("itls", {{0.1, -1.0}, Json::array()}).find("r.json: itls[0][1]: ") == 0);
    CHECK(with("itls", {0.1, 0.2}).find("r.json: itls[0]: expected an array") == 0);
    CHECK(with("output_lens", {0, 101})
          == "r.json: output_lens[0]: expected at least one token of a request without an error, "
             "found 0");
    CHECK(with("output_lens", {1.5, 101}).find("r.json: output_lens[0]: ") == 0);
    CHECK(with("input_lens", Json::array()).find("elements, as in input_lens")
          != std::string::npos);
    CHECK(with("errors", {"", 3}).find("r.json: errors[1]: ") == 0);
    CHECK(with("max_concurrency", 0).find("r.json: max_concurrency: ") == 0);
    CHECK(refusal(Json::parse(R"({"total_token_throughput": 1})")).find("input_lens")
          != std::string::npos);
}
