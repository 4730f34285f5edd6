// How long an experiment may take, before anything of it was measured: for plans that a person
// changed.
#pragma once

#include "app/experiment/experiment.h"

namespace inferlab {

// Seconds on two cores with the default model, within a factor of about two; on a GPU it is less.
// Repeats, warm-ups, cool-downs and the stop rule's seconds are in it.
double roughSeconds(const Experiment &experiment);

// The duration that a plan made from `source` may state: that of the source, changed as the rough
// one changes. A source that states none gives the rough one.
double expectedSecondsFrom(const Experiment &source, const Experiment &plan);

} // namespace inferlab
