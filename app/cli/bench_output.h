// What `bench` prints: a table for people as the results come, or one JSON document.
#pragma once

#include "bench_run.h"

#include "engine/base/json.h"

#include <vector>

namespace inferlab::cli {

// {machine, model, results: [{batch, prompt_tokens, .., prefill_tok_s: {median, min, max}, ..}]}
Json benchJson(const LoadedModel &model, const std::vector<BenchResult> &results);

// predicted: whether rows have a prediction; else a line says how to get one.
void printBenchHeader(const LoadedModel &model, bool predicted);
void printBenchRow(const BenchResult &result);

} // namespace inferlab::cli
