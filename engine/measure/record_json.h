// A run record as JSON, to be opened again; and tables of it as CSV. The schema is in the README.
#pragma once

#include "engine/measure/run_record.h"

#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// {"format": "inferlab-run", "version": 1, "runs": [ ... ]}: UTF-8; token bytes that are not UTF-8
// travel as base64 in "piece_b64".
std::string runsToJson(const std::vector<RunRecord> &runs);

// Reads what runsToJson writes, and the bare record {"requests": [...]} of `inferlab-cli metrics`.
// Throws InputError: not JSON, unknown format or version, wrong types, negative or decreasing
// times.
std::vector<RunRecord> runsFromJson(std::string_view json, const std::string &source);

// Tidy CSV, a line per token: run, request, index, id, piece, ns since submit, ITL ms, probability.
std::string tokensToCsv(const std::vector<RunRecord> &runs);
// A line per request: run, settings, TTFT, TPOT, E2E, tokens, end reason.
std::string requestsToCsv(const std::vector<RunRecord> &runs);

} // namespace inferlab
