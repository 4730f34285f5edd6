// A summary of milliseconds as four cells of a CSV table: its count and three percentiles.
#pragma once

#include "engine/measure/csv_line.h"
#include "engine/measure/percentile.h"

#include <optional>
#include <string>

namespace inferlab {

// ",ttft_n,ttft_p50_ms,ttft_p90_ms,ttft_p99_ms"
std::string summaryColumns(const std::string &name);
// The cells under them; without a summary n is 0 and the percentiles are empty.
void appendSummary(CsvLine &line, const std::optional<SampleSummary> &summary);

} // namespace inferlab
