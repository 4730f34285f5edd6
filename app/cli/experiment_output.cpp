#include "experiment_output.h"

#include "app/experiment/experiment_presets.h"
#include "app/experiment/point_summary.h"
#include "app/experiment/progress_words.h"
#include "engine/measure/number_text.h"
#include "text_table.h"

#include <algorithm>

namespace inferlab::cli {

namespace {

std::string atPercent(const std::optional<SampleSummary> &sample, double SampleSummary::*value,
                      double percent)
{
    if (!sample)
        return "-";
    const double ms = (*sample).*value;
    // As in the tables of `metrics`: too few samples to claim it.
    return fixedText(ms, decimalsFor(ms, 3)) + (sample->claims(percent) ? " " : "*");
}

std::string rateCell(const PointSummary &summary)
{
    if (!summary.runTokPerSecond)
        return "-";
    std::string text = rateText(summary.runTokPerSecond->p50);
    if (const auto &interval = summary.tokPerSecond95)
        text += " (" + rateText(interval->low) + "-" + rateText(interval->high) + ")";
    return text;
}

Json sampleJson(const std::optional<SampleSummary> &sample)
{
    if (!sample)
        return nullptr;
    return {{"n", sample->n},     {"mean", sample->mean}, {"p50", sample->p50},
            {"p90", sample->p90}, {"p95", sample->p95},   {"p99", sample->p99}};
}

Json valueJson(const AxisValue &value)
{
    if (const auto *number = std::get_if<double>(&value))
        return *number;
    return std::get<std::string>(value);
}

Json pointJson(const ExperimentResult &result, const PointResult &point)
{
    const PointSummary summary = summarisePoint(point);
    Json values = Json::object();
    for (size_t i = 0; i < point.point.values.size(); ++i)
        values[std::string(axisInfo(result.experiment.axes[i].kind).name)] =
            valueJson(point.point.values[i]);
    Json rate = sampleJson(summary.runTokPerSecond);
    if (summary.tokPerSecond95)
        rate["p50_95"] = {summary.tokPerSecond95->low, summary.tokPerSecond95->high};
    return {{"point", point.point.index},
            {"values", std::move(values)},
            {"state", pointStateName(point.state)},
            {"message", point.message.empty() ? Json(nullptr) : Json(point.message)},
            {"runs", summary.runs},
            {"busy_runs", summary.busyRuns},
            {"failed_requests", summary.failed},
            {"output_tok_per_s", std::move(rate)},
            {"ttft_ms", sampleJson(summary.ttftMs)},
            {"itl_ms", sampleJson(summary.itlMs)},
            {"tpot_ms", sampleJson(summary.tpotMs)},
            {"e2e_ms", sampleJson(summary.endToEndMs)},
            {"padded_share", summary.paddedShare ? Json(*summary.paddedShare) : Json(nullptr)}};
}

} // namespace

std::string presetList()
{
    TextTable table({Align::Left, Align::Right, Align::Left});
    table.addRow({"preset", "about", "question"});
    for (const Experiment &preset : experimentPresets())
        table.addRow({preset.name, roughDurationText(preset.expectedSeconds), preset.question});
    return table.text();
}

Json presetListJson()
{
    Json list = Json::array();
    for (const Experiment &preset : experimentPresets()) {
        Json axes = Json::array();
        for (const ExperimentAxis &axis : preset.axes)
            axes.push_back(std::string(axisInfo(axis.kind).name));
        list.push_back({{"name", preset.name},
                        {"question", preset.question},
                        {"note", preset.note},
                        {"expected_seconds", preset.expectedSeconds},
                        {"varies", std::move(axes)}});
    }
    return {{"presets", std::move(list)}};
}

std::string pointTable(const ExperimentResult &result)
{
    TextTable table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right,
                     Align::Right, Align::Right, Align::Right});
    table.addRow({"point", "state", "runs", "tok/s total", "TTFT P50, ms ", "ITL P50, ms ",
                  "E2E P50, ms ", "E2E P90, ms "});
    bool unclaimed = false;
    for (const PointResult &point : result.points) {
        const PointSummary summary = summarisePoint(point);
        unclaimed = unclaimed || (summary.endToEndMs && !summary.endToEndMs->claims(90));
        table.addRow({point.point.label, pointStateName(point.state), groupedText(summary.runs),
                      rateCell(summary), atPercent(summary.ttftMs, &SampleSummary::p50, 50),
                      atPercent(summary.itlMs, &SampleSummary::p50, 50),
                      atPercent(summary.endToEndMs, &SampleSummary::p50, 50),
                      atPercent(summary.endToEndMs, &SampleSummary::p90, 90)});
    }
    return table.text()
        + (unclaimed ? "  * too few samples to claim it (P90 needs "
                   + std::to_string(samplesNeeded(90)) + ")\n"
                     : std::string());
}

Json experimentJson(const ExperimentResult &result, const std::filesystem::path &folder)
{
    Json points = Json::array();
    for (const PointResult &point : result.points)
        points.push_back(pointJson(result, point));
    return {{"experiment", result.experiment.name},
            {"question", result.experiment.question},
            {"folder", folder.string()},
            {"started", result.started},
            {"complete", result.complete()},
            {"runs", result.runCount()},
            {"points", std::move(points)}};
}

} // namespace inferlab::cli
