// Results of other machines and other programs as curves beside an experiment's own: figures over
// the load, and no more of them than the files have.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

struct ImportedPoint
{
    double load = 0;                         // sequences at once
    std::optional<double> tokPerSecond;      // all tokens / all the runs' time
    std::map<int, double> ttftMs, latencyMs; // by percentile: those of 50, 90, 95, 99 that
                                             // there are; latency: submit to last token
    size_t runs = 0;                         // 0: unknown
    bool weakLatency = false; // beyond P50: of too few samples, or of nobody knows how many
};

struct ImportedSeries
{
    std::string name;                  // of the file or the experiment, and what tells it apart
    bool inFlight = false;             // loads are requests in flight, else batch sizes
    std::vector<ImportedPoint> points; // rising loads; never empty
};

// The course notebook's table (notebook_csv.h): batch_size and at least one of the columns with
// figures; other columns pass, an empty cell is a figure that does not exist. Throws InputError
// with the line and the column.
ImportedSeries seriesFromNotebookCsv(std::string_view csv, const std::string &source,
                                     const std::string &name);

// Each of: an experiment's folder, or its experiment.json (one that varies batch or concurrency
// first); the notebook's table (*.csv); files that readRunsFile() takes, such as those of a sweep
// of vLLM, which make a point for each load together; a folder of such files. Runs of different
// models or settings are in series of their own, machines too, each with a name of its own. Throws
// InputError: one that is none of these, a file that cannot be read, no points; Cancelled, before
// the next file, once *stop became true.
std::vector<ImportedSeries> importSeries(const std::vector<std::string> &paths,
                                         const std::atomic<bool> *stop = nullptr);

// "runs (2)" for the second of a name, so that each can be told on a chart.
void nameApart(std::vector<ImportedSeries> &all);

} // namespace inferlab
