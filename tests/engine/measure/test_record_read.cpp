// Record files from other hands: the short form, and everything that is refused with one line.
#include "engine/measure/record_json.h"

#include "engine/base/error.h"
#include "engine/measure/metrics.h"
#include "rich_record.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

RunRecord readOne(const std::string &text)
{
    const std::vector<RunRecord> runs = runsFromJson(text, "run.json");
    REQUIRE(runs.size() == 1);
    return runs.front();
}

std::string refusal(const std::string &text)
{
    try {
        runsFromJson(text, "run.json");
    } catch (const InputError &error) {
        return error.what();
    }
    return "";
}

// A record of one request with these fields after its submission at 10.
std::string withRequest(const std::string &fields)
{
    return R"({"requests": [{"submitted_ns": 10, )" + fields + "}]}";
}

} // namespace

TEST_CASE("the short form: a list of requests with times")
{
    const RunRecord run = readOne(R"({"requests": [
        {"id": 4, "scheduled_ns": 0, "submitted_ns": 0, "started_ns": 0,
         "tokens": [{"ns": 200000000}, {"ns": 230000000}, {"ns": 260000000},
                    {"ns": 340000000, "count": 2}, {"ns": 360000000}],
         "end_ns": 365000000, "end_reason": "stop", "prompt_tokens": 7}]})");
    const RequestRecord &request = run.requests.at(0);
    CHECK(request.id == 4);
    CHECK(request.promptTokens == 7);
    CHECK(outputTokens(request) == 6);
    CHECK(ttftMs(request).value() == Approx(200));
    CHECK(tpotMs(request).value() == Approx(32));
    CHECK(queueMs(request).value() == 0); // started at 0 is not "never"
    CHECK(computeMetrics(run).durationS == Approx(0.365));
}

TEST_CASE("a clock that begins at 0 loses no start and no end")
{
    const RunRecord run = readOne(R"({"requests": [
        {"submitted_ns": 0, "started_ns": 0, "tokens": [{"ns": 0}], "end_ns": 0},
        {"submitted_ns": 0, "tokens": []}]})");
    CHECK(queueMs(run.requests[0]).value() == 0);
    CHECK(endToEndMs(run.requests[0]).value() == 0);
    CHECK(run.requests[0].endNs != 0);
    CHECK(run.requests[0].endReason == EndReason::Stop);
    CHECK_FALSE(queueMs(run.requests[1]).has_value());
    CHECK(run.requests[1].endReason == EndReason::Running);
    CHECK(run.requests[1].id == 1);
}

TEST_CASE("null is absent, and unknown fields are left alone")
{
    const RunRecord run = readOne(withRequest(
        R"("started_ns": null, "end_ns": null, "end_reason": null, "tokens": [{"ns": 12, "id": null}],
           "future": {"a": [1, {"b": 2}]})"));
    CHECK(run.requests[0].startedNs == 0);
    CHECK(run.requests[0].endReason == EndReason::Stop);
    CHECK(run.requests[0].tokens[0].id == -1);
    CHECK(run.requests[0].scheduledNs == 10);
}

TEST_CASE("what a record cannot be is refused, with the place")
{
    const std::pair<std::string, std::string> cases[] = {
        {"", "run.json"},
        {"[]", "run.json"},
        {"{}", "requests"},
        {R"({"requests": 3})", "requests"},
        {R"({"requests": [3]})", "requests[0]"},
        {R"({"requests": [{"tokens": []}]})", "submitted_ns"},
        {R"({"requests": [{"submitted_ns": 1}]})", "tokens"},
        {withRequest(R"("tokens": {})"), "requests[0].tokens"},
        {withRequest(R"("tokens": [11])"), "requests[0].tokens[0]"},
        {withRequest(R"("tokens": [{}])"), "ns"},
        {withRequest(R"("tokens": [{"ns": "12"}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": 12.5}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": -12}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": 1e30}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": 18446744073709551615}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": 9223372036854775807}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": 12, "count": -1}])"), "requests[0].tokens[0].count"},
        {withRequest(R"("tokens": [{"ns": 12, "count": 4294967296}])"),
         "requests[0].tokens[0].count"},
        {withRequest(R"("tokens": [{"ns": 12, "piece": 1}])"), "requests[0].tokens[0].piece"},
        {withRequest(R"("tokens": [{"ns": 12, "piece_b64": "%"}])"),
         "requests[0].tokens[0].piece_b64"},
        {withRequest(R"("tokens": [{"ns": 12, "piece": "a", "piece_b64": "YQ=="}])"), "piece_b64"},
        {withRequest(R"("tokens": [{"ns": 12, "probability": 1e99}])"), "probability"},
        {withRequest(R"("tokens": [{"ns": 12, "runners_up": [[7, 0.5]]}])"), "runners_up[0]"},
        {withRequest(R"("tokens": [{"ns": 12, "runners_up": [[7, 0.5, 3]]}])"), "runners_up[0][2]"},
        {withRequest(R"("tokens": [{"ns": 12, "runners_up": [[7, 0.5, null, "?"]]}])"),
         "runners_up[0][3]"},
        {withRequest(R"("tokens": [{"ns": 12, "runners_up": [[7, 0.5, "a", "YQ=="]]}])"),
         "runners_up[0]"},
        {withRequest(R"("tokens": [{"ns": 12, "runners_up": [7]}])"), "runners_up[0]"},
        {withRequest(R"("tokens": [{"ns": 9}])"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [{"ns": 12}, {"ns": 11}])"), "requests[0].tokens[1].ns"},
        {withRequest(R"("tokens": [{"ns": 12}], "end_ns": 11)"), "requests[0].end_ns"},
        {withRequest(R"("tokens": [], "end_ns": 9)"), "requests[0].end_ns"},
        {withRequest(R"("tokens": [], "started_ns": 9)"), "requests[0].started_ns"},
        {withRequest(R"("tokens": [{"ns": 12}], "started_ns": 13)"), "requests[0].tokens[0].ns"},
        {withRequest(R"("tokens": [], "scheduled_ns": 11)"), "requests[0].submitted_ns"},
        {withRequest(R"("tokens": [], "end_reason": "tired")"), "requests[0].end_reason"},
        {withRequest(R"("tokens": [], "prompt_tokens": -1)"), "requests[0].prompt_tokens"},
        {withRequest(R"("tokens": [], "tokens": [])"), "tokens"},
        {R"({"requests": [{"id": 1, "submitted_ns": 1, "tokens": []},
                          {"id": 1, "submitted_ns": 1, "tokens": []}]})",
         "requests[1]"},
        {R"({"requests": [], "settings": {"seed": -1}})", "settings.seed"},
        {R"({"requests": [], "settings": {"kv_cache": 1}})", "settings.kv_cache"},
        {R"({"requests": [], "steps": [{"start_ns": 5, "end_ns": 4}]})", "steps[0].end_ns"},
        {R"({"requests": [], "steps": [{"start_ns": 5, "end_ns": 6}, {"start_ns": 4, "end_ns": 6}]})",
         "steps[1].start_ns"},
    };
    for (const auto &[text, place] : cases) {
        const std::string line = refusal(text);
        INFO(text, " -> ", line);
        REQUIRE_FALSE(line.empty());
        CHECK(line.rfind("run.json", 0) == 0);
        CHECK(line.find(place) != std::string::npos);
        CHECK(line.find('\n') == std::string::npos);
    }
}

TEST_CASE("another format or version is named, not guessed at")
{
    CHECK(refusal(R"({"format": "vllm", "version": 1, "runs": []})")
          == "run.json: format: expected \"inferlab-run\", found \"vllm\"");
    CHECK(refusal(R"({"format": "inferlab-run", "version": 2, "runs": []})")
          == "run.json: version: expected 1, found 2");
    CHECK_FALSE(refusal(R"({"format": "inferlab-run", "version": "1", "runs": []})").empty());
    CHECK_FALSE(refusal(R"({"runs": []})").empty());
    CHECK_FALSE(refusal(R"({"version": 1, "requests": []})").empty());
}

TEST_CASE("a file cut at any byte is refused, never half read")
{
    const std::string whole = runsToJson({richRecord(), stoppedRecord()});
    const size_t end = whole.rfind('}');
    for (size_t length = 0; length <= end; ++length)
        REQUIRE_FALSE(refusal(whole.substr(0, length)).empty());
    CHECK(refusal(whole).empty());
}

TEST_CASE("a file with any byte changed is read or refused, and nothing else happens")
{
    const std::string whole = runsToJson({richRecord()});
    size_t refused = 0;
    for (size_t i = 0; i < whole.size(); ++i) {
        for (const char c : {'\0', '"', '}', '-', '9', '\xFF'}) {
            std::string changed = whole;
            changed[i] = c;
            refused += refusal(changed).empty() ? 0 : 1;
        }
    }
    CHECK(refused > whole.size());
}

TEST_CASE("deep nesting is refused before it takes the stack")
{
    for (const char *open : {"[", "{\"a\":"}) {
        std::string deep = R"({"requests": [], "x": )";
        for (int i = 0; i < 1'000'000; ++i)
            deep += open;
        CHECK_FALSE(refusal(deep).empty());
    }
}
