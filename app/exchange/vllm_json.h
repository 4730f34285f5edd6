// The result of `vllm bench serve` as one flat JSON object: summary in ms, arrays in seconds.
// Source: benchmark_serving / vllm/benchmarks/serve.py, read on 2026-11-23.
#pragma once

#include "engine/base/json.h"
#include "engine/measure/run_record.h"

#include <string>

namespace inferlab {

// Standard deviations are numpy's (ddof 0), as in vLLM's own files. Times of the arrays count from
// the first submit. A request that failed or was stopped has its reason in `errors`; 0 stands for a
// first token that never came, as vLLM writes it.
std::string runToVllmJson(const RunRecord &run);

// Whether the document looks like one.
bool isVllmJson(const JsonCursor &document);

// Needs the arrays that --save-detailed adds: input_lens, output_lens, ttfts, itls, start_times,
// one element per request; errors and generated_texts may be missing. An ITL ends a chunk: where a
// request has more tokens than chunks, the rest counts with its last one. Keys that are not known
// pass: versions differ, and --metadata adds its own. Throws InputError: a missing array, another
// length, wrong types, negative or infinite times, a success without a token.
RunRecord runFromVllmJson(const JsonCursor &document);

} // namespace inferlab
