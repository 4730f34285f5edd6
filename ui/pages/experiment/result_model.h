// How a result belongs to the plan and the model that would be measured now, and what it is called
// in a list.
#pragma once

#include "app/experiment/experiment_result.h"
#include "app/experiment/result_list.h"

#include <QString>

namespace inferlab {

// A model's file as it is now.
struct ModelFile
{
    QString path;
    std::string hash; // as records name it; empty: not known yet
};

// What a result differs in, in words; empty: in nothing.
struct ResultStanding
{
    QString plan;  // "of an earlier version of this plan"
    QString model; // "measured on another model, tiny.gguf": it cannot be gone on with

    bool belongs() const { return plan.isEmpty() && model.isEmpty(); }
    QString words() const;
};
ResultStanding standingOf(const ResultSummary &result, const Experiment &plan,
                          const ModelFile &model);

// By the file's name, of all points that name no file of their own; also where none was measured.
bool isOnModel(const ExperimentResult &result, const QString &model);

// "2026-11-28 13:05 · CPU, all cores · SmolLM2-135M-Q4_1 · complete"
QString resultName(const ResultSummary &result);
// All of it, and where it lies.
QString resultDetails(const ResultSummary &result);

QString folderOf(const ResultSummary &result);

} // namespace inferlab
