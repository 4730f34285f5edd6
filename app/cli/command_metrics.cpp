// inferlab-cli metrics: every figure of the runs in a record file.
#include "commands.h"
#include "common_options.h"

#include "app/exchange/exchange.h"
#include "argument_checks.h"
#include "device_times_output.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/measure/course_notebook.h"
#include "metrics_json.h"
#include "metrics_table.h"
#include "standard_output.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <memory>

namespace inferlab::cli {

namespace {

struct Arguments
{
    std::string record;
    std::string slo;
    bool json = false;
};

std::optional<double> *targetNamed(SloTargets &targets, std::string_view name)
{
    if (name == "ttft_ms")
        return &targets.ttftMs;
    if (name == "tpot_ms")
        return &targets.tpotMs;
    if (name == "itl_ms")
        return &targets.itlMs;
    if (name == "e2e_ms")
        return &targets.endToEndMs;
    return nullptr;
}

// "ttft_ms=500,tpot_ms=30"
SloTargets parseTargets(std::string_view text)
{
    SloTargets targets;
    while (true) {
        const size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        const size_t equals = part.find('=');
        const std::string_view digits =
            equals == std::string_view::npos ? "" : part.substr(equals + 1);
        std::optional<double> *target = targetNamed(targets, part.substr(0, equals));
        double value = 0.0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        const bool isNumber =
            result.ec == std::errc() && result.ptr == digits.data() + digits.size();
        if (!target || target->has_value() || !isNumber || !std::isfinite(value) || value < 0.0) {
            throw InputError("--slo", "",
                             "ttft_ms=, tpot_ms=, itl_ms=, e2e_ms= once each, with a number of ms",
                             "\"" + std::string(part) + "\"");
        }
        *target = value;
        if (comma == std::string_view::npos)
            return targets;
        text.remove_prefix(comma + 1);
    }
}

Json requestsToJson(const RunRecord &run)
{
    const auto orNull = [](std::optional<double> v) { return v ? Json(*v) : Json(nullptr); };
    Json list = Json::array();
    for (const RequestRecord &request : run.requests) {
        list.push_back({{"id", request.id},
                        {"prompt_tokens", request.promptTokens},
                        {"output_tokens", outputTokens(request)},
                        {"queue_ms", orNull(queueMs(request))},
                        {"ttft_ms", orNull(ttftMs(request))},
                        {"tpot_ms", orNull(tpotMs(request))},
                        {"e2e_ms", orNull(endToEndMs(request))},
                        {"e2e_from_scheduled_ms", orNull(endToEndFromScheduledMs(request))},
                        {"normalised_latency_ms_per_tok", orNull(normalisedLatencyMs(request))},
                        {"user_tok_per_s", orNull(userTokPerSecond(request))},
                        {"itl_ms", itlMs(request)}});
    }
    return list;
}

Json runToJson(const RunRecord &run, const SloTargets *targets)
{
    Json json = {{"label", run.label}};
    json.update(metricsToJson(computeMetrics(run, targets)));
    const std::optional<double> notebookItlMs = courseNotebookItlMs(run);
    json["course_notebook"] = {{"itl_ms", notebookItlMs ? Json(*notebookItlMs) : Json(nullptr)}};
    json["device"] = deviceTimesJson(run.steps);
    json["per_request"] = requestsToJson(run);
    return json;
}

// One run: its figures. Several: a list of them.
void printJson(const std::vector<RunRecord> &runs, const SloTargets *targets)
{
    Json document;
    if (runs.size() == 1) {
        document = runToJson(runs.front(), targets);
    } else {
        document["runs"] = Json::array();
        for (const RunRecord &run : runs)
            document["runs"].push_back(runToJson(run, targets));
    }
    printOut("%s\n", jsonText(document, 2).c_str());
}

void printTables(const std::vector<RunRecord> &runs, const SloTargets *targets)
{
    for (size_t i = 0; i < runs.size(); ++i) {
        if (i > 0)
            printOut("\n");
        if (!runs[i].label.empty())
            printOut("%s\n", runs[i].label.c_str());
        printOut("%s", metricsTable(computeMetrics(runs[i], targets)).c_str());
        const std::string device = deviceTimesText(runs[i].steps, "");
        printOut("%s%s", device.empty() ? "" : "\nOn the device's clock:\n", device.c_str());
    }
}

void runMetrics(const Arguments &arguments)
{
    const std::optional<SloTargets> targets =
        arguments.slo.empty() ? std::nullopt : std::optional(parseTargets(arguments.slo));
    const std::vector<RunRecord> runs = readRunsFile(arguments.record);
    const SloTargets *given = targets ? &*targets : nullptr;
    if (arguments.json)
        printJson(runs, given);
    else
        printTables(runs, given);
}

} // namespace

void addMetrics(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand("metrics", "Every figure of a run, from its record");
    const auto arguments = std::make_shared<Arguments>();
    addRecordOption(*command, arguments->record);
    command
        ->add_option("--slo", arguments->slo,
                     "Targets that a request meets when it stays at or below each, ms, such as "
                     "ttft_ms=500,tpot_ms=30; also itl_ms and e2e_ms")
        ->type_name("LIST");
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] {
        const InterruptWatch watch(*context.interrupted, quitInterrupted);
        runMetrics(*arguments);
    });
}

} // namespace inferlab::cli
