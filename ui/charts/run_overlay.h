// The runs that share a chart, each with a label that tells it from the others.
#pragma once

#include "ui/charts/plot_spec.h"

namespace inferlab {

struct OverlaidRun
{
    const RunRecord *record = nullptr;
    QString label; // "KV cache off, batch 8"
    QString brief; // "KV off, batch 8"
    int age = 0;   // 0: the current run; 1: the latest of the earlier ones
    QString key;   // of its legend entry
};

// Earlier runs oldest first, then the current one, if there is one. Labels say what differs between
// them; runs that differ in nothing are numbered.
std::vector<OverlaidRun> overlaidRuns(const ChartData &data);

// What differs, a text for each: "KV cache off", "batch 8"; empty texts when nothing does.
QStringList differingSettings(const std::vector<const RunRecord *> &runs);

// Tells one run from the next: when it began.
QString runKey(const RunRecord *run);

// Why a chart is empty and what fills it: `appears` says what will be seen there.
QString emptyText(const ChartData &data, const QString &appears);

// Legend entries of the runs, when there is more than the current one.
void addRunLegend(PlotSpec &spec, const std::vector<OverlaidRun> &runs, PlotKind kind,
                  Meaning meaning);

} // namespace inferlab
