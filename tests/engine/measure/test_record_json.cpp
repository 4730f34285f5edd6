// What is written reads back as the same records, to the last bit.
#include "engine/measure/record_json.h"

#include "engine/measure/metrics.h"
#include "rich_record.h"

#include <doctest/doctest.h>

#include <clocale>
#include <cmath>
#include <limits>

using namespace inferlab;
using namespace inferlab::test;

namespace {

bool same(const RunnerUp &a, const RunnerUp &b)
{
    return a.id == b.id && a.probability == b.probability && a.piece == b.piece;
}

bool same(const TokenRecord &a, const TokenRecord &b)
{
    return a.ns == b.ns && a.count == b.count && a.id == b.id && a.piece == b.piece
        && a.probability == b.probability
        && std::equal(a.runnersUp.begin(), a.runnersUp.end(), b.runnersUp.begin(),
                      b.runnersUp.end(), [](const auto &x, const auto &y) { return same(x, y); });
}

void checkSame(const RequestRecord &a, const RequestRecord &b)
{
    CHECK(a.id == b.id);
    CHECK(a.scheduledNs == b.scheduledNs);
    CHECK(a.submittedNs == b.submittedNs);
    CHECK(a.startedNs == b.startedNs);
    CHECK(a.endNs == b.endNs);
    CHECK(a.endReason == b.endReason);
    CHECK(a.message == b.message);
    CHECK(a.promptTokens == b.promptTokens);
    CHECK(a.text == b.text);
    REQUIRE(a.tokens.size() == b.tokens.size());
    for (size_t i = 0; i < a.tokens.size(); ++i)
        CHECK(same(a.tokens[i], b.tokens[i]));
}

void checkSame(const RunSettings &a, const RunSettings &b)
{
    CHECK(a.device == b.device);
    CHECK(a.threads == b.threads);
    CHECK(a.kvCache == b.kvCache);
    CHECK(a.cacheType == b.cacheType);
    CHECK(a.batchInvariant == b.batchInvariant);
    CHECK(a.stepGraphs == b.stepGraphs);
    CHECK(a.batch == b.batch);
    CHECK(a.scheduler == b.scheduler);
    CHECK(a.padding == b.padding);
    CHECK(a.chunkTokens == b.chunkTokens);
    CHECK(a.requests == b.requests);
    CHECK(a.concurrency == b.concurrency);
    CHECK(a.promptTokens == b.promptTokens);
    CHECK(a.contextTokens == b.contextTokens);
    CHECK(a.maxNewTokens == b.maxNewTokens);
    CHECK(a.leastNewTokens == b.leastNewTokens);
    CHECK(a.ignoreEnd == b.ignoreEnd);
    CHECK(a.chat == b.chat);
    CHECK(a.systemPrompt == b.systemPrompt);
    CHECK(a.prompt == b.prompt);
    CHECK(a.promptPool == b.promptPool);
    CHECK(a.round == b.round);
    CHECK(a.sampling.temperature == b.sampling.temperature);
    CHECK(a.sampling.topK == b.sampling.topK);
    CHECK(a.sampling.topP == b.sampling.topP);
    CHECK(a.sampling.minP == b.sampling.minP);
    CHECK(a.sampling.repetitionPenalty == b.sampling.repetitionPenalty);
    CHECK(a.sampling.seed == b.sampling.seed);
}

void checkSame(const RunRecord &a, const RunRecord &b)
{
    CHECK(a.label == b.label);
    CHECK(a.provenance.program == b.provenance.program);
    CHECK(a.provenance.date == b.provenance.date);
    CHECK(a.provenance.machine == b.provenance.machine);
    CHECK(a.provenance.modelName == b.provenance.modelName);
    CHECK(a.provenance.modelFile == b.provenance.modelFile);
    CHECK(a.provenance.modelHash == b.provenance.modelHash);
    CHECK(a.provenance.quantisation == b.provenance.quantisation);
    checkSame(a.settings, b.settings);
    REQUIRE(a.requests.size() == b.requests.size());
    for (size_t i = 0; i < a.requests.size(); ++i)
        checkSame(a.requests[i], b.requests[i]);
    REQUIRE(a.steps.size() == b.steps.size());
    for (size_t i = 0; i < a.steps.size(); ++i) {
        CHECK(a.steps[i].startNs == b.steps[i].startNs);
        CHECK(a.steps[i].endNs == b.steps[i].endNs);
        CHECK(a.steps[i].prefillTokens == b.steps[i].prefillTokens);
        CHECK(a.steps[i].decodeTokens == b.steps[i].decodeTokens);
        CHECK(a.steps[i].running == b.steps[i].running);
        CHECK(a.steps[i].paddedTokens == b.steps[i].paddedTokens);
        CHECK(a.steps[i].deviceNs == b.steps[i].deviceNs);
        CHECK(a.steps[i].launches == b.steps[i].launches);
        CHECK(a.steps[i].replayed == b.steps[i].replayed);
        CHECK(a.steps[i].devicePhases == b.steps[i].devicePhases);
    }
}

} // namespace

TEST_CASE("records survive the way through JSON: bytes that are no text, big times, every setting")
{
    const std::vector<RunRecord> runs {richRecord(), RunRecord {}, stoppedRecord()};
    const std::string text = runsToJson(runs);
    const std::vector<RunRecord> back = runsFromJson(text, "run.json");
    REQUIRE(back.size() == 3);
    for (size_t i = 0; i < runs.size(); ++i)
        checkSame(runs[i], back[i]);
    CHECK(runsToJson(back) == text);
}

TEST_CASE("no runs are a document too")
{
    CHECK(runsFromJson(runsToJson({}), "run.json").empty());
}

TEST_CASE("figures of what was read are those of what was written")
{
    const RunRecord run = richRecord();
    const RunRecord back = runsFromJson(runsToJson({run}), "run.json").front();
    const RunMetrics a = computeMetrics(run);
    const RunMetrics b = computeMetrics(back);
    CHECK(a.ttft->mean == b.ttft->mean);
    CHECK(a.itl->p99 == b.itl->p99);
    CHECK(a.outputTokPerSecond == b.outputTokPerSecond);
}

TEST_CASE("a run that was stopped or failed keeps what it measured")
{
    const RunRecord back = runsFromJson(runsToJson({stoppedRecord()}), "run.json").front();
    CHECK(back.requests[0].endReason == EndReason::Cancelled);
    CHECK(back.requests[0].tokens.size() == 2);
    CHECK(back.requests[1].endReason == EndReason::Error);
    CHECK(back.requests[1].message == "the cache has no free blocks");
    CHECK(back.requests[2].endReason == EndReason::Running);
    CHECK(back.requests[2].startedNs == 0);
    CHECK(back.requests[2].endNs == 0);
}

TEST_CASE("the system's language does not change the numbers")
{
    const std::string expected = runsToJson({richRecord()});
    const std::string before = std::setlocale(LC_ALL, nullptr);
    std::setlocale(LC_ALL,
                   "de_DE.UTF-8"); // where it is not installed this checks the C locale again
    const std::string text = runsToJson({richRecord()});
    const size_t read = runsFromJson(text, "run.json").size();
    std::setlocale(LC_ALL, before.c_str());
    CHECK(text == expected);
    CHECK(read == 1);
}

TEST_CASE("a probability that is no number does not make a file that nobody can read")
{
    RunRecord run = richRecord();
    run.requests[0].tokens[0].probability = std::numeric_limits<float>::quiet_NaN();
    run.requests[0].tokens[1].probability = std::numeric_limits<float>::infinity();
    const RunRecord back = runsFromJson(runsToJson({run}), "run.json").front();
    CHECK(back.requests[0].tokens[0].probability == 0);
    CHECK(back.requests[0].tokens[1].probability == 0);
}
