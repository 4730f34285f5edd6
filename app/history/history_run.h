// Values of the history: a run as its list shows it, and where it belongs.
#pragma once

#include "engine/measure/run_record.h"

#include <QString>
#include <QStringList>
#include <cstdint>
#include <optional>
#include <vector>

namespace inferlab {

// Which run of which experiment it was.
struct ExperimentPlace
{
    QString experiment; // its id
    int point = 0;      // index in the experiment's grid
    int repeat = 0;

    bool operator==(const ExperimentPlace &) const = default;
};

// How a run ended: with an error in any request, else stopped in any, else done.
enum class RunEnding { Done, Stopped, Failed };

// A row of the list. Figures are those of engine/measure at the time of saving; one that does not
// exist is absent.
struct HistoryRun
{
    int64_t id = 0;
    int64_t beganMs = 0; // when the run began, milliseconds since 1970 UTC
    QString name;
    QStringList tags; // sorted
    QString note;
    Provenance provenance;
    RunSettings settings; // prompts are empty: they are in the record
    RunEnding ending = RunEnding::Done;
    int64_t outputTokens = 0;
    std::optional<double> ttftP50Ms, itlP50Ms, outputTokPerSecond;
    std::optional<ExperimentPlace> place;
};

struct HistoryRows
{
    std::vector<HistoryRun> runs; // from the query's offset, at most its limit
    int64_t total = 0;            // that match, on all pages
};

} // namespace inferlab
