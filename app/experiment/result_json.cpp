#include "result_json.h"

#include "app/experiment/experiment_presets.h"
#include "app/experiment/point_summary.h"

namespace inferlab {

namespace {

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

Json predictedJson(const PredictedPoint *predicted)
{
    if (predicted == nullptr || !predicted->metrics)
        return nullptr;
    const RunMetrics &metrics = *predicted->metrics;
    const auto p50 = [](const std::optional<SampleSummary> &summary) {
        return summary ? Json(summary->p50) : Json(nullptr);
    };
    const auto &rate = metrics.outputTokPerSecond;
    return {{"output_tok_per_s", rate ? Json(*rate) : Json(nullptr)},
            {"ttft_p50_ms", p50(metrics.ttft)},
            {"itl_p50_ms", p50(metrics.itl)},
            {"e2e_p50_ms", p50(metrics.endToEnd)}};
}

Json pointJson(const ExperimentResult &result, const PointResult &point,
               const PredictedPoint *predicted)
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
            {"padded_share", summary.paddedShare ? Json(*summary.paddedShare) : Json(nullptr)},
            {"predicted", predictedJson(predicted)},
            {"limited_by",
             predicted != nullptr && predicted->verdict
                 ? Json(runLimitName(predicted->verdict->limit))
                 : Json(nullptr)}};
}

} // namespace

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

Json experimentJson(const ExperimentResult &result, const ExperimentOutlook *outlook,
                    const std::filesystem::path &folder)
{
    Json points = Json::array();
    for (size_t i = 0; i < result.points.size(); ++i) {
        const bool known = outlook != nullptr && i < outlook->points.size();
        points.push_back(
            pointJson(result, result.points[i], known ? &outlook->points[i] : nullptr));
    }
    return {{"experiment", result.experiment.name},
            {"question", result.experiment.question},
            {"folder", folder.string()},
            {"started", result.started},
            {"complete", result.complete()},
            {"runs", result.runCount()},
            {"points", std::move(points)},
            {"findings", experimentFindings(result, outlook)}};
}

} // namespace inferlab
