// The settings of a run as named values, as a settings file keeps them.
#pragma once

#include "engine/measure/run_record.h"

#include <QVariantMap>

namespace inferlab {

QVariantMap runSettingsToMap(const RunSettings &settings); // what has a switch, and no prompt
// Each value that is missing, of another type or out of range is as in `defaults`; so are the
// prompts and the context.
RunSettings runSettingsFromMap(const QVariantMap &map, const RunSettings &defaults);

} // namespace inferlab
