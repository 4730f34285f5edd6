// What a run's record says before its first request: where its figures come from, and what tells it
// from other runs.
#pragma once

#include "engine/measure/run_record.h"

#include <string>

namespace inferlab {

class LoadedModel;

// ISO 8601 with the offset from UTC: a record is read elsewhere, later.
std::string dateTimeNow();

// "CPU, batch 8, KV cache off": what is worth saying where several runs share a chart.
std::string runLabel(const RunSettings &settings);

// Of a run that begins now, without the model's hash, which takes time. model: null where none runs
// here (the settings' device is named then).
Provenance provenanceOf(const LoadedModel *model, const RunSettings &settings,
                        const std::string &program);

} // namespace inferlab
