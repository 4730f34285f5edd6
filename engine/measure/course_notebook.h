// The figures of the course's notebook, by its own definitions, so that a class can find the
// difference from ours. Shown under the name "course notebook" and never without it.
#pragma once

#include "engine/measure/run_record.h"

#include <optional>
#include <string_view>

namespace inferlab {

inline constexpr std::string_view kCourseNotebook = "course notebook";

// What the notebook calls ITL: the time of a whole batch over the tokens of all its sequences, ms.
// It is the inverse of the throughput, so it falls as the batch grows, while every user waits
// longer between two tokens. Nullopt without tokens or without time.
std::optional<double> courseNotebookItlMs(const RunRecord &run);

} // namespace inferlab
