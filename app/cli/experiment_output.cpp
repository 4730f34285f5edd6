#include "experiment_output.h"

#include "app/experiment/experiment_presets.h"
#include "app/experiment/experiment_verdicts.h"
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

} // namespace

std::string presetList()
{
    TextTable table({Align::Left, Align::Right, Align::Left});
    table.addRow({"preset", "about", "question"});
    for (const Experiment &preset : experimentPresets())
        table.addRow({preset.name, roughDurationText(preset.expectedSeconds), preset.question});
    return table.text();
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

std::string findings(const ExperimentResult &result)
{
    std::string text;
    for (const std::string &sentence : experimentVerdicts(result))
        text += (text.empty() ? "\n" : "") + sentence + "\n";
    return text;
}

} // namespace inferlab::cli
