// What an experiment's charts say about their own figures: how far they are known, from how many
// samples, and what speaks against them; below the plot, beside a value, and in the table.
#pragma once

#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/plot_spec.h"

#include <QString>
#include <vector>

namespace inferlab {

// Before the others: what is said of all charts alike comes last, where a narrow one is cut.
void addNote(PlotSpec &spec, const QString &sentence);

// Whose bars stand side by side, where there are several groups.
void addSideBySideNote(PlotSpec &spec, const ExperimentFigures &figures);
// What speaks against the points: repeats that are lacking, points that were skipped or failed, and
// a machine that was busy with something else.
void addDoubtNote(PlotSpec &spec, const ExperimentFigures &figures);
// What the bars are of which these are; nothing where there are none.
void addIntervalNote(PlotSpec &spec, const std::vector<Estimate> &drawn);
// That hollow marks are of fewer samples than these percentiles need; nothing where none lacks any.
void addSamplesNote(PlotSpec &spec, const std::vector<int> &lacking);

// "42.1 tok/s total (40.2 to 43.0), n = 10".
QString estimateText(const Estimate &estimate, const QString &unit);
// "95% over 8 runs", "range of 3 runs", and "too few samples" where n does not claim it: beside the
// interval in a table; empty where there is nothing to say.
QString estimateRemark(const Estimate &estimate);
QString busyText(const PointFigures &point); // "machine busy in 1 of 5 runs"; empty: quiet
// A value with what speaks against its point.
QString withDoubt(const QString &text, const PointFigures &point);

} // namespace inferlab
