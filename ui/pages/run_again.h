// A run from its record once more: the same settings, also those that the run page has no switch
// for.
#pragma once

#include "app/session/session_types.h"

#include <QString>
#include <QStringList>

namespace inferlab {

// model: the file of the record's model.
RunPlan planAgain(const RunRecord &run, const QString &model);

// Why the record's run cannot be run again; empty when it can.
QString againProblem(const RunRecord &run);

// What the run is made with and the switches do not show, in a few words each; empty where pressing
// Run would do the same. shown: what the switches stand for.
QStringList beyondSwitches(const RunSettings &wanted, const RunSettings &shown);

} // namespace inferlab
