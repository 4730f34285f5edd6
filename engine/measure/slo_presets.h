// Limits that people set for an application, by name, each with its source.
#pragma once

#include "engine/measure/slo.h"

#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// What the best of the configurations that keep the limits has most of.
enum class AdviceGoal {
    Throughput, // tok/s of all sequences
    Memory      // least of it
};

struct SloPreset
{
    std::string_view name;  // "chatbot", "mlperf-llama2-70b-server"
    std::string_view title; // "Chatbot", "MLPerf Llama 2 70B, server"
    SloTargets limits;
    double percentile = 90; // at which they hold
    AdviceGoal goal = AdviceGoal::Throughput;
    std::string_view reason; // one sentence: why these, or whose they are
};

// By application (chatbot, translation, streaming, on-device), then MLPerf Inference's server and
// interactive scenarios (Mixtral has the former alone).
const std::vector<SloPreset> &sloPresets();

// Throws InputError naming those there are.
const SloPreset &sloPreset(std::string_view name);

} // namespace inferlab
