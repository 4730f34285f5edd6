// bench_window: what the window costs, as one JSON document on stdout.
//   bench_window frames --rate 5000 --batch 32 --seconds 10
//       the GUI thread's time per frame while a synthetic engine writes tokens at that rate
//   bench_window model --model FILE [--rounds 5]
//       the first token from Run pressed, and the throughput beside an open window against none
#include "bench_desk.h"
#include "engine/base/clock.h"
#include "engine/base/json.h"
#include "engine/measure/metrics.h"
#include "headless_run.h"
#include "paced_engine.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/prompt_editor.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>

namespace inferlab::bench {

namespace {

struct FrameArguments
{
    int rate = 5000; // tok/s over all sequences
    int batch = 32;
    int seconds = 10;
};

constexpr int kMostPerAnswer = 1024; // further on attention, not the window, sets the pace

struct ModelArguments
{
    std::string model;
    int rounds = 5;
    int tokens = 4096; // of a whole run: some seconds, longer than the machine's moods
};

Json summaryJson(const std::vector<double> &sample)
{
    const std::optional<SampleSummary> s = summarise(sample);
    if (!s)
        return {{"n", 0}};
    return {{"n", s->n}, {"p50", s->p50}, {"p90", s->p90}, {"p99", s->p99}, {"max", s->max}};
}

Json runFrames(MeteredApplication &application, const FrameArguments &arguments)
{
    const int64_t stepNs = int64_t {1'000'000'000} * arguments.batch / arguments.rate;
    BenchDesk desk(application, pacedSource(stepNs));
    RunPlan plan;
    plan.model.path = QStringLiteral("synthetic");
    plan.settings.prompt = "twenty bytes of text";
    plan.settings.chat = false;
    plan.settings.batch = arguments.batch;
    plan.settings.ignoreEnd = true;
    plan.settings.maxNewTokens = arguments.rate / arguments.batch * arguments.seconds;
    application.start();
    const int64_t begin = nowNs();
    const int64_t cpuBegin = threadCpuNs();
    const RunRecordPtr run = desk.run(plan);
    const double share =
        static_cast<double>(threadCpuNs() - cpuBegin) / static_cast<double>(nowNs() - begin);
    if (!run)
        throw std::runtime_error("the synthetic run failed");
    const RunMetrics metrics = computeMetrics(*run);
    Json json = {{"rate_wanted", arguments.rate}, {"batch", arguments.batch}};
    json["rate"] = metrics.decodeTokPerSecond.value_or(0.0);
    json["tokens"] = metrics.outputTokens;
    json["window_cpu_percent"] = 100.0 * share; // of one core; the pace of the run is by the clock
    json["frame_ms"] = summaryJson(application.framesMs());
    json["frame_cpu_ms"] = summaryJson(application.framesCpuMs());
    json["long_event_ms"] = summaryJson(application.longEventsMs());
    return json;
}

RunPlan modelPlan(const ModelArguments &arguments, int batch)
{
    RunPlan plan;
    plan.model.path = QString::fromStdString(arguments.model);
    plan.settings.chat = false;
    plan.settings.prompt = kTwentyTokens;
    plan.settings.batch = batch;
    plan.settings.maxNewTokens = std::max(2, std::min(arguments.tokens / batch, kMostPerAnswer));
    plan.settings.ignoreEnd = true;
    return plan;
}

double decodeRate(const RunRecordPtr &run)
{
    const std::optional<double> rate = run ? computeMetrics(*run).decodeTokPerSecond : std::nullopt;
    if (!rate)
        throw std::runtime_error("a run failed");
    return *rate;
}

// The two take turns, so that a machine that grows warm or busy slows both.
Json compareThroughput(BenchDesk &desk, const EngineSource &source, const ModelArguments &arguments,
                       int batch)
{
    const RunPlan plan = modelPlan(arguments, batch);
    std::vector<double> with;
    std::vector<double> without;
    std::vector<double> busy; // share of one core that the window's thread took
    for (int round = 0; round <= arguments.rounds; ++round) {
        const int64_t begin = nowNs();
        const int64_t cpuBegin = threadCpuNs();
        const double open = decodeRate(desk.run(plan));
        const double share =
            static_cast<double>(threadCpuNs() - cpuBegin) / static_cast<double>(nowNs() - begin);
        const double none = decodeRate(runHeadless(source, plan));
        if (round == 0)
            continue; // warm-up
        with.push_back(open);
        without.push_back(none);
        busy.push_back(100.0 * share);
    }
    const double open = percentile(with, 50).value();
    const double none = percentile(without, 50).value();
    return {{"batch", batch},
            {"rounds", arguments.rounds},
            {"window_tok_s", open},
            {"headless_tok_s", none},
            {"lost_percent", 100.0 * (1.0 - open / none)},
            {"window_cpu_percent", percentile(busy, 50).value()},
            {"window_all", with},
            {"headless_all", without}};
}

Json firstTokens(BenchDesk &desk, const ModelArguments &arguments)
{
    ControlPanel *const controls = desk.window().runPage()->controls();
    controls->promptEditor()->setChat(false);
    controls->promptEditor()->setPrompt(QString::fromUtf8(kTwentyTokens));
    controls->switches()->setBatch(1);
    controls->switches()->setNewTokens(8);
    std::vector<double> shown;
    for (int round = 0; round <= arguments.rounds; ++round) {
        const std::optional<double> ms = desk.firstTokenMs();
        if (!ms)
            throw std::runtime_error("no first token");
        if (round > 0) // the first run opens what the others have open
            shown.push_back(*ms);
    }
    return summaryJson(shown);
}

Json runModel(MeteredApplication &application, const ModelArguments &arguments)
{
    const EngineSource source = sharedModelSource(arguments.model);
    BenchDesk desk(application, source);
    desk.window().runPage()->chooseModel(QString::fromStdString(arguments.model));
    Json json;
    json["prompt_tokens"] = promptTokenCount(source, modelPlan(arguments, 1));
    json["throughput"] = Json::array();
    for (const int batch : {1, 32})
        json["throughput"].push_back(compareThroughput(desk, source, arguments, batch));
    json["first_token_ms"] = firstTokens(desk, arguments);
    return json;
}

int start(int argc, char **argv)
{
    CLI::App app {"What the window costs"};
    app.require_subcommand(1);
    FrameArguments frames;
    CLI::App *const framesCommand = app.add_subcommand("frames", "Time per frame");
    framesCommand->add_option("--rate", frames.rate, "tok/s")->check(CLI::Range(1, 1'000'000));
    framesCommand->add_option("--batch", frames.batch)->check(CLI::Range(1, 256));
    framesCommand->add_option("--seconds", frames.seconds)->check(CLI::Range(1, 600));
    ModelArguments model;
    CLI::App *const modelCommand = app.add_subcommand("model", "First token, throughput");
    modelCommand->add_option("--model", model.model)->required();
    modelCommand->add_option("--rounds", model.rounds)->check(CLI::Range(1, 1000));
    modelCommand->add_option("--tokens", model.tokens, "Of a run, over all its answers")
        ->check(CLI::Range(2, 1'000'000));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    int qtArguments = 1; // ours are not Qt's
    MeteredApplication application(qtArguments, argv);
    const Json json =
        framesCommand->parsed() ? runFrames(application, frames) : runModel(application, model);
    std::printf("%s\n", jsonText(json, 2).c_str());
    return 0;
}

} // namespace

} // namespace inferlab::bench

int main(int argc, char **argv)
{
    try {
        return inferlab::bench::start(argc, argv);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_window: %s\n", error.what());
        return 1;
    }
}
