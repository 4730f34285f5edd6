// Where a run goes before the screen hears that it is done.
#pragma once

#include "app/experiment/experiment_result.h"
#include "engine/measure/run_record.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>

namespace inferlab {

// Which run of which experiment it was.
struct RunPlace
{
    std::string experiment; // resultIdentity()
    int point = 0;          // index in the experiment's grid
    int repeat = 0;
};

// Called on the worker's thread with each run, also a stopped or a failed one; returns when it is
// kept. Throws std::exception, with a line for the person, where it is not: the run is shown all
// the same.
using RunKeeper = std::function<void(const RunRecord &, const std::optional<RunPlace> &)>;

// A run of an experiment, into its place. The keeper is not empty; throws what it throws.
void keepMeasured(const RunKeeper &keeper, const ExperimentResult &result, size_t point,
                  int32_t repeat);

// What a person is told then.
std::string notKeptLine(const std::exception &error);

} // namespace inferlab
