// The experiments that come with the program, by name.
#pragma once

#include "app/experiment/experiment.h"

#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// course-notebook, course-notebook-small, batch, cpu-gpu, kv-cache, padding, batching, chunk,
// sampling, prompt-length, new-tokens, quantisation, threads: each with its question and how long
// it takes on two cores with the default model.
const std::vector<Experiment> &experimentPresets();

// Throws InputError naming the presets there are.
const Experiment &experimentPreset(std::string_view name);

// A preset as it fits this machine: thread counts above `cores` are left out and `cores` is among
// them, and an axis over model files that names none gets `modelFiles`.
Experiment fitted(Experiment experiment, int cores, const std::vector<std::string> &modelFiles);

} // namespace inferlab
