// Sampling settings: what is in range, and a message that names what is not.
#include "engine/base/error.h"
#include "engine/run/request.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace inferlab;

namespace {

std::string refusal(const SamplingSettings &settings)
{
    try {
        settings.validate();
    } catch (const InputError &error) {
        return error.what();
    }
    return "accepted";
}

} // namespace

TEST_CASE("the limits themselves are in range")
{
    SamplingSettings settings;
    CHECK(refusal(settings) == "accepted");
    settings = {100.0f, 1000000000, 1.0f, 1.0f, 100.0f, 0};
    CHECK(refusal(settings) == "accepted");
    settings = {0.0f, 0, 1e-6f, 0.0f, 0.01f, std::numeric_limits<uint64_t>::max()};
    CHECK(refusal(settings) == "accepted");
}

TEST_CASE("a setting out of range is named with its range and what was found")
{
    SamplingSettings settings;
    settings.temperature = -0.5f;
    CHECK(refusal(settings) == "temperature: expected from 0 to 100, found -0.5");
    settings = {};
    settings.topP = 0.0f;
    CHECK(refusal(settings) == "top-p: expected above 0 and up to 1, found 0");
    settings.topP = 1.5f;
    CHECK(refusal(settings).find("top-p") == 0);
    settings = {};
    settings.topK = -1;
    CHECK(refusal(settings).find("top-k") == 0);
    settings = {};
    settings.minP = 1.01f;
    CHECK(refusal(settings).find("min-p") == 0);
    settings = {};
    settings.repetitionPenalty = 0.0f;
    CHECK(refusal(settings) == "repetition penalty: expected from 0.01 to 100, found 0");
    settings.repetitionPenalty = 1e-38f; // logits divided by it are not finite
    CHECK(refusal(settings).find("repetition penalty: expected from 0.01 to 100") == 0);
}

TEST_CASE("what is no number is in no range")
{
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
          -std::numeric_limits<float>::infinity()}) {
        CAPTURE(value);
        for (float SamplingSettings::*setting :
             {&SamplingSettings::temperature, &SamplingSettings::topP, &SamplingSettings::minP,
              &SamplingSettings::repetitionPenalty}) {
            SamplingSettings settings;
            settings.*setting = value;
            CHECK(refusal(settings).find("found no number") != std::string::npos);
        }
    }
}
