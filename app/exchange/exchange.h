// The formats in which results come and go, by name.
#pragma once

#include "engine/measure/run_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

enum class ExchangeFormat {
    InferLab, // our JSON: everything, opens again (record_json.h)
    Vllm,     // the flat JSON of `vllm bench serve --save-result --save-detailed`: one run
    Aiperf,   // NVIDIA AIPerf's profile_export.jsonl: a line per request
    Notebook  // the course notebook's table: a line per batch size
};
inline constexpr ExchangeFormat kExchangeFormats[] = {ExchangeFormat::InferLab,
                                                      ExchangeFormat::Vllm, ExchangeFormat::Aiperf,
                                                      ExchangeFormat::Notebook};

const char *
exchangeName(ExchangeFormat format) noexcept; // "inferlab", "vllm", "aiperf", "notebook"
std::optional<ExchangeFormat> exchangeFromName(std::string_view name) noexcept;
const char *exchangeSuffix(ExchangeFormat format) noexcept; // "json", "jsonl", "csv"

// Throws InputError where the format cannot hold these runs (vLLM's holds one).
std::string writeRuns(const std::vector<RunRecord> &runs, ExchangeFormat format);

// Our JSON or vLLM's, by what is in it. Throws InputError: see record_json.h and vllm_json.h; and
// for the notebook's table, which holds percentiles and no times of tokens: imported_series.h and
// `knee` read that.
std::vector<RunRecord> readRuns(std::string_view text, const std::string &source);
// The same of a file; throws InputError for one that cannot be read, too.
std::vector<RunRecord> readRunsFile(const std::string &path);

} // namespace inferlab
