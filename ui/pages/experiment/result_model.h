// Whether a result was measured on a model's file.
#pragma once

#include "app/experiment/experiment_result.h"

#include <QString>

namespace inferlab {

// By the file's name, of all points that name no file of their own; also where none was measured.
bool isOnModel(const ExperimentResult &result, const QString &model);

} // namespace inferlab
