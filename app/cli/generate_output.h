// What `generate` prints at the end of a run.
#pragma once

#include "engine/base/json.h"
#include "engine/measure/recorder.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab::cli {

// {model, device, threads, settings, sequences: [..], metrics}; times in ns of the record's clock.
Json generateJson(const RunRecord &run, const std::vector<int32_t> &prompt);

// "42.1 tok/s · 214 tokens · 0.31 s to first token · stop: end of text"; of one sequence of a batch
// the rate is in tok/s/user.
std::string statsLine(const RequestRecord &request, bool isOneOfMany);

// Answers on stdout unless they were streamed there already, figures on stderr.
void printGenerated(const RunRecord &run, bool streamed);

} // namespace inferlab::cli
