// Runs side by side: what tells them apart, and their figures with difference and interval. Runs of
// the same settings (but for the seed) are repeats of one thing and stand in one column.
#pragma once

#include "app/session/session_types.h"
#include "ui/charts/chart.h"

#include <vector>

namespace inferlab {

struct CompareColumn
{
    QString label;                  // one of its own
    std::vector<RunRecordPtr> runs; // never empty
};

// In the order of their first runs.
std::vector<CompareColumn> compareColumns(const std::vector<RunRecordPtr> &runs);

// A row per setting that is not the same everywhere.
ChartTable differingSettings(const std::vector<CompareColumn> &columns);
// Those that are: "Model SmolLM2 135M, Threads 2".
QString commonSettings(const std::vector<CompareColumn> &columns);

// A row per figure. Two columns: the value of each, then what comparisonWords() says of the second
// against the first. More: behind each value the interval of its change against the first,
// "6.8 (+12% to +15%)". Where every column has several runs, these are compared by the figure of
// each; else by the samples within.
ChartTable comparedFigures(const std::vector<CompareColumn> &columns);

// How sure the intervals are, in a sentence.
QString comparisonNote(const std::vector<CompareColumn> &columns);

} // namespace inferlab
