#include "experiment_output.h"

#include "app/experiment/experiment_presets.h"
#include "app/experiment/point_summary.h"
#include "app/experiment/progress_words.h"
#include "engine/base/number_text.h"
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

std::string predictedCell(const ExperimentOutlook &outlook, size_t point)
{
    if (point >= outlook.points.size())
        return "-";
    const std::optional<RunMetrics> &metrics = outlook.points[point].metrics;
    return metrics && metrics->outputTokPerSecond ? rateText(*metrics->outputTokPerSecond) : "-";
}

bool anyPredicted(const ExperimentOutlook &outlook)
{
    return std::any_of(outlook.points.begin(), outlook.points.end(),
                       [](const PredictedPoint &point) { return point.metrics.has_value(); });
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

std::string pointTable(const ExperimentResult &result, const ExperimentOutlook &outlook)
{
    const bool predicted = anyPredicted(outlook);
    std::vector<Align> aligns(predicted ? 9 : 8, Align::Right);
    aligns[0] = aligns[1] = Align::Left;
    TextTable table(aligns);
    const auto addRow = [&](std::vector<std::string> cells, const std::string &expected) {
        if (predicted)
            cells.insert(cells.begin() + 4, expected);
        table.addRow(cells);
    };
    addRow({"point", "state", "runs", "tok/s total", "TTFT P50, ms ", "ITL P50, ms ",
            "E2E P50, ms ", "E2E P90, ms "},
           "predicted");
    bool unclaimed = false;
    for (size_t i = 0; i < result.points.size(); ++i) {
        const PointResult &point = result.points[i];
        const PointSummary summary = summarisePoint(point);
        unclaimed = unclaimed || (summary.endToEndMs && !summary.endToEndMs->claims(90));
        addRow({point.point.label, pointStateName(point.state), groupedText(summary.runs),
                rateCell(summary), atPercent(summary.ttftMs, &SampleSummary::p50, 50),
                atPercent(summary.itlMs, &SampleSummary::p50, 50),
                atPercent(summary.endToEndMs, &SampleSummary::p50, 50),
                atPercent(summary.endToEndMs, &SampleSummary::p90, 90)},
               predictedCell(outlook, i));
    }
    return table.text()
        + (unclaimed ? "  * too few samples to claim it (P90 needs "
                   + std::to_string(samplesNeeded(90)) + ")\n"
                     : std::string());
}

std::string findings(const ExperimentResult &result, const ExperimentOutlook &outlook)
{
    std::string text;
    for (const std::string &sentence : experimentFindings(result, &outlook))
        text += (text.empty() ? "\n" : "") + sentence + "\n";
    return text;
}

} // namespace inferlab::cli
