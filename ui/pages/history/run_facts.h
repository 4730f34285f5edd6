// The settings of a run and where it ran, in words and in one order: for the history's details and
// for finding what tells runs apart.
#pragma once

#include "engine/measure/run_record.h"

#include <QList>
#include <QPair>
#include <QString>

namespace inferlab {

// "Threads", "2". What says nothing (a name that is not known, a count of 0, a switch as it usually
// stands) is left out. Whatever engine/measure/settings_list.h tells apart has other facts here.
using RunFacts = QList<QPair<QString, QString>>;
RunFacts runFacts(const Provenance &provenance, const RunSettings &settings);

// "SmolLM2 135M Instruct Q4_1"; the file's name where the model has none.
QString modelInWords(const Provenance &provenance);
QString cacheInWords(const RunSettings &settings); // "on", "off", "Q8_0" where it is not F16
QString deviceInWords(const std::string &device);  // "CPU", "GPU"

} // namespace inferlab
