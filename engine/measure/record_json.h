// A run record as JSON, to be opened again; and tables of it as CSV. The schema is in the README.
#pragma once

#include "engine/measure/run_record.h"

#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// {"format": "inferlab-run", "version": 1, "runs": [ ... ]}: UTF-8; bytes that are not UTF-8 travel
// as base64 under another name ("piece_b64"). Reading it back gives the same records.
std::string runsToJson(const std::vector<RunRecord> &runs);

// Reads what runsToJson writes, and the bare record {"requests": [...]} of `inferlab-cli metrics`.
// A field that is missing or null has its default; a request needs submitted_ns and tokens, a token
// its ns. Where end_reason is missing, a request with a token or an end counts as completed.
// Throws InputError: not JSON, unknown format or version, wrong types, negative or decreasing
// times.
std::vector<RunRecord> runsFromJson(std::string_view json, const std::string &source);

// CSV (RFC 4180, UTF-8, units in the column names, a point in numbers whatever the locale); a
// figure that does not exist is an empty cell. Each line ends with program, date, machine, model
// and settings. A line per token event: run, request, index, count, id, piece, ns since submit,
// ITL, probability.
std::string tokensToCsv(const std::vector<RunRecord> &runs);
// A line per request: run, tokens, end reason, queue, TTFT, TPOT, E2E.
std::string requestsToCsv(const std::vector<RunRecord> &runs);
// A line per run: requests by outcome, P50/P90/P99 of TTFT, ITL, TPOT and E2E with n, throughput.
std::string summaryToCsv(const std::vector<RunRecord> &runs);

} // namespace inferlab
