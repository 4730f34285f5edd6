// Points of a load sweep from CSV.
#pragma once

#include "engine/measure/knee.h"

#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// A header line with the columns x, throughput and latency (ms) in any order and among others, then
// a line per point; upper and lower case are the same, cells may be quoted, numbers have a decimal
// point. The course notebook's table is read too: batch_size, throughput_sustained_tok_s and
// p50_latency_s. Throws InputError with the line and the column: a column that is missing or there
// twice, a line with another number of cells, a cell that is no number, no points.
std::vector<LoadPoint> loadPointsFromCsv(std::string_view csv, const std::string &source);

} // namespace inferlab
