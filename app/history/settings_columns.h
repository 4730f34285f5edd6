// A run's settings as columns of the table `runs`, by engine/measure/settings_list.h: all but the
// prompts, which are in the record.
#pragma once

#include "app/history/prepared_run.h"

#include <functional>
#include <vector>

namespace inferlab {

std::vector<HistoryColumn> settingColumns(const RunSettings &settings);

// "device, threads, ..", and what a row has under them; next: its value of one column after the
// other. A word that is not known leaves the setting as it usually is.
QString settingColumnNames();
RunSettings settingsFromColumns(const std::function<QVariant()> &next);

} // namespace inferlab
