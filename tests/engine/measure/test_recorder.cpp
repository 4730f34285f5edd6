// The recorder sorts step reports into requests.
#include "engine/measure/recorder.h"

#include "engine/measure/metrics.h"

#include <doctest/doctest.h>

using namespace inferlab;

namespace {

TokenEvent event(RequestId request, int32_t index, int64_t ns, const char *text)
{
    TokenEvent e;
    e.request = request;
    e.index = index;
    e.id = 100 + index;
    e.piece = text;
    e.text = text;
    e.ns = ns;
    e.probability = 0.5f;
    e.runnersUp = {{7, 0.25f, "x"}};
    return e;
}

} // namespace

TEST_CASE("tokens, starts, steps and ends find their requests")
{
    RunRecord head;
    head.label = "batch 2";
    RunRecorder recorder(std::move(head));
    recorder.submitted(5, 0, 1000, 3);
    recorder.submitted(6, 900, 1001, 4);

    StepReport first;
    first.startNs = 2000;
    first.endNs = 3000;
    first.prefillTokens = 7;
    first.running = 2;
    first.started = {5, 6};
    first.tokens = {event(5, 0, 2900, "He"), event(6, 0, 2950, "Yo")};
    recorder.add(first);

    StepReport second;
    second.startNs = 3000;
    second.endNs = 4000;
    second.decodeTokens = 2;
    second.running = 2;
    second.tokens = {event(6, 1, 3900, "u"), event(5, 1, 3950, "y")};
    second.finished = {{5, EndReason::Stop, "", "\xEF\xBF\xBD", 3960},
                       {6, EndReason::Error, "out of blocks", "", 3970}};
    recorder.add(second);

    StepReport idle;
    idle.idle = true;
    recorder.add(idle);

    const RunRecord &run = recorder.record();
    CHECK(run.label == "batch 2");
    REQUIRE(run.requests.size() == 2);
    const RequestRecord &five = run.requests[0];
    CHECK(five.scheduledNs == 1000); // none given: due when submitted
    CHECK(five.submittedNs == 1000);
    CHECK(five.startedNs == 2000);
    CHECK(five.promptTokens == 3);
    CHECK(five.text == "Hey\xEF\xBF\xBD");
    CHECK(five.endReason == EndReason::Stop);
    CHECK(five.endNs == 3960);
    REQUIRE(five.tokens.size() == 2);
    CHECK(five.tokens[1].ns == 3950);
    CHECK(five.tokens[1].id == 101);
    CHECK(five.tokens[1].count == 1);
    CHECK(five.tokens[1].runnersUp.front().piece == "x");
    const RequestRecord &six = run.requests[1];
    CHECK(six.scheduledNs == 900);
    CHECK(six.text == "You");
    CHECK(six.message == "out of blocks");
    REQUIRE(run.steps.size() == 2);
    CHECK(run.steps[0].prefillTokens == 7);
    CHECK(run.steps[1].decodeTokens == 2);
    CHECK(ttftMs(five).value() == doctest::Approx(0.0019));
}

TEST_CASE("ids in any order are found, and strangers are left out")
{
    RunRecorder recorder;
    recorder.submitted(9, 0, 10, 1);
    recorder.submitted(2, 0, 11, 1);
    recorder.submitted(10, 0, 12, 1);
    StepReport report;
    report.started = {4, 10};
    report.startNs = 20;
    report.tokens = {event(2, 0, 30, "a"), event(4, 0, 31, "b"), event(10, 0, 32, "c")};
    report.finished = {{4, EndReason::Cancelled, "", "", 33}};
    recorder.add(report);
    const RunRecord run = recorder.take();
    REQUIRE(run.requests.size() == 3);
    CHECK(run.requests[0].tokens.empty());
    CHECK(run.requests[1].text == "a");
    CHECK(run.requests[2].text == "c");
    CHECK(run.requests[2].startedNs == 20);
}
