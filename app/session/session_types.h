// Values that travel between the window and the worker thread. Complete and immutable once sent.
#pragma once

#include "app/experiment/experiment_runner.h"
#include "engine/measure/knee.h"
#include "engine/measure/run_record.h"
#include "engine/model/loaded_model.h"
#include "engine/run/engine.h"

#include <QMetaType>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

namespace inferlab {

// What has to be in memory before a run: a change of any of these loads the model anew.
struct ModelChoice
{
    QString path;
    QString device = QStringLiteral("cpu");
    int threads = 0; // 0: all cores; a change alone does not load anew

    bool operator==(const ModelChoice &) const = default;
};

// One press of Run.
struct RunPlan
{
    ModelChoice model;
    RunSettings settings; // device and threads are filled from `model`
    QString label;        // for overlays; empty: made from the settings
};

// One press of "Find the knee": the same run at each batch size.
struct KneePlan
{
    RunPlan base;
    std::vector<int> batches {1, 2, 4, 8, 16, 32};
};

// One press of Start on the experiments page.
struct ExperimentPlan
{
    Experiment experiment;
    ModelChoice model; // for points that name no file
    QString folder;    // where runs go as they end, and where earlier ones are; empty: nowhere
};

// Identifying: the model is there, its file's hash not yet.
enum class Phase {
    Empty,
    Loading,
    Identifying,
    Ready,
    Queued,
    Prefill,
    Generating,
    Stopping,
    Experiment
};

// What the worker is doing, with the numbers behind the words.
struct PhaseStatus
{
    Phase phase = Phase::Empty;
    int64_t sinceNs = 0;                // when this phase began (engine/base/clock.h)
    uint64_t done = 0, total = 0;       // bytes while loading or identifying, prompt
                                        // tokens in prefill
    int sweepIndex = 0, sweepCount = 0; // which run of a knee sweep; 0 of 0 otherwise
};

struct ModelSummary // of the model that is ready
{
    ModelChoice choice;
    ModelIdentity identity;
    ModelConfig config;
    QString tokenizer;
    QString deviceName;
    bool hasChatTemplate = false;
};

using RunRecordPtr = std::shared_ptr<const RunRecord>;
using ExperimentResultPtr = std::shared_ptr<const ExperimentResult>;

} // namespace inferlab

Q_DECLARE_METATYPE(inferlab::RunRecordPtr)
Q_DECLARE_METATYPE(inferlab::ExperimentResultPtr)
