// NVIDIA AIPerf's profile_export.jsonl: a JSON object per line and request.
// Source: AIPerf's guide "Working with Profile Export Files", read on 2026-11-28.
#pragma once

#include "engine/measure/run_record.h"

#include <string>
#include <vector>

namespace inferlab {

// Times are since 1970 where the run's date is known, else since the run's first submit.
// inter_token_latency is one value per request, (request_latency - time_to_first_token) / (n - 1),
// which this program calls TPOT; the gaps are in inter_chunk_latency.
std::string runsToAiperfJsonl(const std::vector<RunRecord> &runs);

} // namespace inferlab
