// The course notebook's table of results: a line per batch size, over its runs.
#pragma once

#include "engine/measure/run_record.h"

#include <string>
#include <vector>

namespace inferlab {

// The notebook's columns and units. TTFT: of every request, from its stamps (the notebook takes it
// from a second run of one token). Latency: of a run, first submit to last token; throughput_p50
// and _p90: of single runs; sustained: all tokens by all time; itl: the notebook's own, see
// course_notebook.h. A figure that does not exist is an empty cell. Runs without a token are left
// out.
std::string runsToNotebookCsv(const std::vector<RunRecord> &runs);

} // namespace inferlab
