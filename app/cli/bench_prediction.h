// What the cost model expects of one measurement of `bench`.
#pragma once

#include "bench_run.h"

#include "engine/measure/prediction.h"

namespace inferlab::cli {

BenchPrediction predictBench(const PredictionModel &model, const BenchPlan &plan);

} // namespace inferlab::cli
