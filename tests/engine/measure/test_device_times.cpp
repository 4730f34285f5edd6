// Means of what steps took on the device, prefill and decode apart, computed by hand here.
#include "engine/measure/device_times.h"

#include <doctest/doctest.h>

#include <vector>

using namespace inferlab;
using doctest::Approx;

namespace {

StepRecord step(int32_t prefillTokens, int64_t hostNs, int64_t deviceNs)
{
    StepRecord record;
    record.startNs = 1000;
    record.endNs = 1000 + hostNs;
    record.prefillTokens = prefillTokens;
    record.decodeTokens = prefillTokens > 0 ? 0 : 2;
    record.deviceNs = deviceNs;
    return record;
}

} // namespace

TEST_CASE("prefill and decode apart; parts of a step are means of those that were timed by phase")
{
    std::vector<StepRecord> steps {step(40, 9'000'000, 8'000'000), step(0, 2'000'000, 1'000'000),
                                   step(0, 1'000'000, 800'000), step(0, 3'000'000, 600'000)};
    steps[1].devicePhases = DevicePhases {10'000, 20'000, 300'000, 500'000, 100'000, 30'000};
    steps[2].devicePhases = DevicePhases {30'000, 0, 100'000, 500'000, 300'000, 50'000};
    steps[3].replayed = true;
    steps[3].launches = 77;

    const auto prefill = deviceTimes(steps, StepKind::Prefill);
    REQUIRE(prefill);
    CHECK(prefill->steps == 1);
    CHECK(prefill->hostMs == Approx(9));
    CHECK(prefill->deviceMs == Approx(8));
    CHECK(prefill->replayedSteps == 0);
    CHECK(prefill->phasedSteps == 0);
    CHECK(prefill->phaseMs[2] == 0);

    const auto decode = deviceTimes(steps, StepKind::Decode);
    REQUIRE(decode);
    CHECK(decode->steps == 3);
    CHECK(decode->hostMs == Approx(2));
    CHECK(decode->deviceMs == Approx(0.8));
    CHECK(decode->replayedSteps == 1);
    CHECK(decode->launches == 77);
    CHECK(decode->phasedSteps == 2);
    const double expected[] = {0.02, 0.01, 0.2, 0.5, 0.2, 0.04};
    for (size_t i = 0; i < kDevicePhases.size(); ++i)
        CHECK(decode->phaseMs[i] == Approx(expected[i]));
}

TEST_CASE("steps that no device timed are not there")
{
    CHECK_FALSE(deviceTimes({}, StepKind::Decode));
    const std::vector<StepRecord> onCpu {step(40, 9'000'000, 0), step(0, 2'000'000, 0)};
    CHECK_FALSE(deviceTimes(onCpu, StepKind::Prefill));
    CHECK_FALSE(deviceTimes(onCpu, StepKind::Decode));
}
