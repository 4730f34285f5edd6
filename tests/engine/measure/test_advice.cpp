// Advice by hand on small samples, what holds for any limits, presets, and how many users fit.
#include "engine/measure/advice.h"
#include "engine/measure/capacity.h"

#include "engine/base/error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <vector>

using namespace inferlab;
using doctest::Approx;

namespace {

// 1, 2 .. 100 times `step`: P90 is 90.1 steps, P50 50.5, P99 99.01.
std::vector<double> hundred(double step)
{
    std::vector<double> sample;
    for (int i = 1; i <= 100; ++i)
        sample.push_back(i * step);
    return sample;
}

MeasuredPoint point(double batch, double tokPerSecond, double ttftStep, double tpotStep)
{
    MeasuredPoint out;
    out.load = batch;
    out.label = "batch " + std::to_string(static_cast<int>(batch));
    out.tokPerSecond = tokPerSecond;
    out.ttftMs = hundred(ttftStep);
    out.tpotMs = hundred(tpotStep);
    out.itlMs = hundred(tpotStep);
    out.endToEndMs = hundred(10 * ttftStep);
    return out;
}

SloTargets answerWithin(double ttft, double tpot)
{
    SloTargets limits;
    limits.ttftMs = ttft;
    limits.tpotMs = tpot;
    return limits;
}

// P90 of TTFT: 90.1, 180.2, 360.4, 901; of TPOT: 9.01, 18.02, 27.03, 36.04.
const std::vector<MeasuredPoint> kBatches {point(1, 100, 1, 0.1), point(2, 180, 2, 0.2),
                                           point(4, 300, 4, 0.3), point(8, 420, 10, 0.4)};

} // namespace

TEST_CASE("the highest throughput that keeps the limits, the last pass and the first fail")
{
    const Advice advice = advise(kBatches, answerWithin(500, 100), 90);
    CHECK(advice.best == 2);
    REQUIRE(advice.loadLimits.size() == 1);
    CHECK(advice.loadLimits[0].lastPass == 2);
    CHECK(advice.loadLimits[0].firstFail == 3);
    CHECK(advice.bestTokPerSecond.value() == 300);
    CHECK(advice.points[2].checks.size() == 2);
    CHECK(advice.points[2].checks[0].foundMs.value() == Approx(360.4));
    CHECK(advice.sentence
          == "batch 4: 300 tok/s with P90 TTFT 360 ms (limit 500 ms), P90 TPOT 27 ms (limit 100 "
             "ms); batch 8 is the first that fails: P90 TTFT 901 ms (limit 500 ms).");
}

TEST_CASE("at another percentile another configuration is best")
{
    // P50 of TTFT at batch 8 is 505 ms; P50 of TTFT at batch 4 is 202 ms.
    CHECK(advise(kBatches, answerWithin(510, 100), 50).best == 3);
    CHECK(advise(kBatches, answerWithin(500, 100), 50).best == 2);
    const Advice all = advise(kBatches, answerWithin(5000, 100), 50);
    CHECK_FALSE(all.loadLimits.at(0).firstFail.has_value());
    CHECK(all.sentence.ends_with("; none fails."));
}

TEST_CASE("a limit on TPOT decides where it is the tighter one, and is named")
{
    const Advice advice = advise(kBatches, answerWithin(500, 20), 90);
    CHECK(advice.best == 1);
    CHECK(advice.sentence.find("batch 4 is the first that fails: P90 TPOT 27 ms (limit 20 ms)")
          != std::string::npos);
}

TEST_CASE("none passes, nothing measured, nothing of what is limited")
{
    const Advice none = advise(kBatches, answerWithin(50, 100), 90);
    CHECK_FALSE(none.best.has_value());
    CHECK(none.sentence
          == "No configuration keeps the limits; batch 1 is the first that fails: P90 TTFT 90.1 ms "
             "(limit 50 ms).");
    CHECK(advise({}, answerWithin(50, 100), 90).sentence
          == "Not enough data: nothing was measured.");

    std::vector<MeasuredPoint> single = {kBatches[0]};
    single[0].tpotMs.clear(); // answers of one token
    const Advice unknown = advise(single, answerWithin(500, 100), 90);
    CHECK(unknown.points[0].verdict == PointVerdict::Unknown);
    CHECK(unknown.sentence.starts_with("Not enough data"));
}

TEST_CASE("too few samples for the percentile are said")
{
    std::vector<MeasuredPoint> few = kBatches;
    for (MeasuredPoint &p : few)
        p.ttftMs.resize(20);
    const Advice advice = advise(few, answerWithin(150, 100), 90);
    CHECK(advice.best == 2); // P90 of 4 .. 80 is 72.4 ms, of 10 .. 200 it is 181 ms
    CHECK(advice.sentence.ends_with(" Not sure: batch 4 has 20 samples of TTFT, P90 needs 64."));
    CHECK(advice.sentence.find("Not sure") != std::string::npos);
    CHECK(advise(kBatches, answerWithin(500, 100), 90).sentence.find("Not sure")
          == std::string::npos);
}

TEST_CASE("a configuration in which requests failed does not pass")
{
    std::vector<MeasuredPoint> points = kBatches;
    points[1].failedRequests = 2;
    const Advice advice = advise(points, answerWithin(200, 100), 90);
    CHECK(advice.best == 0);
    CHECK(advice.sentence.find("batch 2 is the first that fails: 2 requests failed")
          != std::string::npos);
}

TEST_CASE("last and first are said of each group by itself")
{
    // With the cache batch 4 is the last; without it everything takes ten times as long.
    std::vector<MeasuredPoint> points = kBatches;
    for (MeasuredPoint &p : points)
        p.group = "kv cache on";
    for (const double batch : {1.0, 2.0}) {
        points.push_back(point(batch, 50, 4 * batch, 0.1));
        points.back().group = "kv cache off";
        points.back().label += ", kv cache off";
    }
    const Advice advice = advise(points, answerWithin(500, 100), 90);
    REQUIRE(advice.loadLimits.size() == 2);
    CHECK(advice.loadLimits[0].group == "kv cache on");
    CHECK(advice.loadLimits[0].lastPass == 2);
    CHECK(advice.loadLimits[0].firstFail == 3);
    CHECK(advice.loadLimits[1].lastPass == 4); // P90 TTFT 360.4; 720.8 at batch 2
    CHECK(advice.loadLimits[1].firstFail == 5);
    CHECK(advice.sentence.find("; batch 8 is the first that fails: ") != std::string::npos);
    CHECK(advice.sentence.find("; batch 1, kv cache off is the last that passes; batch 2, kv cache "
                               "off is the first that fails: ")
          != std::string::npos);
}

TEST_CASE("where no load varies nothing is the last or the first")
{
    std::vector<MeasuredPoint> points = kBatches;
    for (MeasuredPoint &p : points)
        p.load.reset();
    const Advice advice = advise(points, answerWithin(500, 100), 90);
    CHECK(advice.best == 2);
    CHECK(advice.loadLimits.empty());
    CHECK(advice.sentence.ends_with("P90 TPOT 27 ms (limit 100 ms); 1 of 4 fails."));
    CHECK(advise(points, answerWithin(50, 100), 90).sentence
          == "No configuration keeps the limits; 4 of 4 fail.");
    CHECK(advise(points, answerWithin(5000, 100), 90).sentence.ends_with("; none fails."));
}

TEST_CASE("the least memory, where that is what counts")
{
    std::vector<MeasuredPoint> points = kBatches;
    points[0].memoryBytes = 300 << 20;
    points[1].memoryBytes = 200 << 20;
    points[2].memoryBytes = 400 << 20;
    const Advice advice = advise(points, answerWithin(500, 100), 90, AdviceGoal::Memory);
    CHECK(advice.best == 1);
    CHECK(advice.loadLimits.at(0).lastPass == 2);
    CHECK(advice.sentence.starts_with("batch 2: 180 tok/s in 200 MiB with "));
    CHECK(advice.sentence.find("; batch 4 is the last that passes;") != std::string::npos);
}

TEST_CASE("looser limits never lower the best throughput, and the order of points does not matter")
{
    std::mt19937_64 random(4);
    std::vector<MeasuredPoint> points;
    for (int i = 1; i <= 12; ++i)
        points.push_back(point(i, static_cast<double>(50 + random() % 500),
                               1 + static_cast<double>(random() % 20),
                               0.1 + 0.05 * static_cast<double>(random() % 20)));
    double before = 0;
    for (double scale = 0.1; scale < 12; scale *= 1.3) {
        const SloTargets limits = answerWithin(200 * scale, 10 * scale);
        const Advice advice = advise(points, limits, 90);
        const double best = advice.bestTokPerSecond.value_or(0);
        CHECK(best >= before);
        before = best;
        std::vector<MeasuredPoint> shuffled = points;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        const Advice other = advise(shuffled, limits, 90);
        CHECK(other.bestTokPerSecond == advice.bestTokPerSecond);
        const LoadLimit &a = advice.loadLimits.at(0);
        const LoadLimit &b = other.loadLimits.at(0);
        REQUIRE(b.lastPass.has_value() == a.lastPass.has_value());
        if (a.lastPass)
            CHECK(shuffled[*b.lastPass].load == points[*a.lastPass].load);
        REQUIRE(b.firstFail.has_value() == a.firstFail.has_value());
        if (a.firstFail)
            CHECK(shuffled[*b.firstFail].load == points[*a.firstFail].load);
    }
    CHECK(before > 0);
}

TEST_CASE("presets: MLPerf's published limits, and a reason for each")
{
    // TTFT, TPOT in ms, as published; Mixtral has no interactive scenario.
    const std::vector<std::tuple<std::string, double, double>> published {
        {"llama3.1-8b-server", 2000, 100},   {"llama3.1-8b-interactive", 500, 30},
        {"llama2-70b-server", 2000, 200},    {"llama2-70b-interactive", 450, 40},
        {"llama3.1-405b-server", 6000, 175}, {"llama3.1-405b-interactive", 4500, 80},
        {"deepseek-r1-server", 2000, 80},    {"deepseek-r1-interactive", 1500, 15},
        {"gpt-oss-120b-server", 3000, 80},   {"gpt-oss-120b-interactive", 2000, 15},
        {"mixtral-server", 2000, 200}};
    for (const auto &[name, ttftMs, tpotMs] : published) {
        const SloPreset &preset = sloPreset("mlperf-" + name);
        CHECK(preset.limits.ttftMs == ttftMs);
        CHECK(preset.limits.tpotMs == tpotMs);
        CHECK(preset.percentile == 99);
    }
    for (const char *name : {"chatbot", "translation", "streaming", "on-device"})
        CHECK(sloPreset(name).name == name);
    for (const SloPreset &preset : sloPresets()) {
        CHECK_FALSE(preset.limits.empty());
        CHECK_FALSE(preset.reason.empty());
    }
    CHECK_THROWS_AS(sloPreset("gaming"), InputError);
}

TEST_CASE("users = (memory - weights) / (KV bytes per token x context)")
{
    // Llama 3 8B in F16: 32 layers, 8 KV heads of 128, 2 bytes, keys and values: 128 KiB per token.
    CapacityQuestion q;
    q.memoryBytes = uint64_t {24} << 30;
    q.weightBytes = uint64_t {15} << 30;
    q.kvBytesPerToken = 32 * 8 * 128 * 2 * 2;
    q.contextTokens = 8192;
    CHECK(q.kvBytesPerToken == 131072);
    const Capacity capacity = capacityOf(q).value();
    CHECK(capacity.users == 9); // 9 GiB / 1 GiB
    CHECK(capacity.bytesPerUser == uint64_t {1} << 30);
    CHECK(capacity.restBytes == 0);
    CHECK(capacity.sentence
          == "24.0 GiB hold 9 users of 8,192 tokens: 15.0 GiB of weights leave 9.0 GiB, and each "
             "user takes 1.0 GiB of cache.");
    q.workspaceBytes = 1;
    CHECK(capacityOf(q)->users == 8);
    q.contextTokens = 100'000;
    CHECK(capacityOf(q)->users == 0);
    CHECK(capacityOf(q)->sentence.starts_with("24.0 GiB hold no user of 100,000 tokens: "));
}

TEST_CASE("weights that do not fit, and questions without an answer")
{
    CapacityQuestion q {uint64_t {8} << 30, uint64_t {15} << 30, 0, 131072, 4096};
    CHECK_FALSE(capacityOf(q)->weightsFit);
    CHECK(capacityOf(q)->users == 0);
    CHECK(capacityOf(q)->sentence == "8.0 GiB hold nobody: 15.0 GiB of weights do not fit.");
    q.contextTokens = 0;
    CHECK_FALSE(capacityOf(q).has_value());
    q.contextTokens = ~uint64_t {0};
    CHECK_FALSE(capacityOf(q).has_value());
    CHECK_FALSE(capacityOf({}).has_value());
}
