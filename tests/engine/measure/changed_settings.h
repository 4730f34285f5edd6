// Settings that differ from a base in one place each, for the tests of whatever has to tell them
// apart. Written by hand, so that they check the list of settings instead of repeating it.
#pragma once

#include "engine/measure/run_record.h"

#include <functional>
#include <string>
#include <vector>

namespace inferlab::test {

// With sampling that has an effect.
inline RunSettings baseSettings()
{
    RunSettings settings;
    settings.threads = 2;
    settings.prompt = "hello";
    settings.sampling.temperature = 0.7f;
    return settings;
}

struct ChangedSettings
{
    std::string name; // of the one that is another
    RunSettings settings;
};

inline std::vector<ChangedSettings> changedSettings()
{
    using S = RunSettings;
    const std::vector<std::pair<const char *, std::function<void(S &)>>> changes {
        {"device", [](S &s) { s.device = "cuda"; }},
        {"threads", [](S &s) { s.threads = 3; }},
        {"kv_cache", [](S &s) { s.kvCache = false; }},
        {"cache_type", [](S &s) { s.cacheType = DType::Q8_0; }},
        {"batch_invariant", [](S &s) { s.batchInvariant = true; }},
        {"step_graphs", [](S &s) { s.stepGraphs = false; }},
        {"batch", [](S &s) { s.batch = 8; }},
        {"scheduler", [](S &s) { s.scheduler = BatchPolicy::Continuous; }},
        {"padding", [](S &s) { s.padding = true; }},
        {"chunk_tokens", [](S &s) { s.chunkTokens = 64; }},
        {"requests", [](S &s) { s.requests = 9; }},
        {"concurrency", [](S &s) { s.concurrency = 3; }},
        {"prompt_tokens", [](S &s) { s.promptTokens = 20; }},
        {"context_tokens", [](S &s) { s.contextTokens = 2048; }},
        {"max_new_tokens", [](S &s) { s.maxNewTokens = 3; }},
        {"least_new_tokens", [](S &s) { s.leastNewTokens = 2; }},
        {"ignore_end", [](S &s) { s.ignoreEnd = true; }},
        {"chat", [](S &s) { s.chat = false; }},
        {"system_prompt", [](S &s) { s.systemPrompt = "Be brief."; }},
        {"prompt", [](S &s) { s.prompt = "hello\n"; }},
        {"prompt_pool",
         [](S &s) {
             s.promptPool = {"one", "two"};
         }},
        {"round", [](S &s) { s.round = 2; }},
        {"temperature", [](S &s) { s.sampling.temperature = 0.75f; }},
        {"top_k", [](S &s) { s.sampling.topK = 40; }},
        {"top_p", [](S &s) { s.sampling.topP = 0.9f; }},
        {"min_p", [](S &s) { s.sampling.minP = 0.05f; }},
        {"repetition_penalty", [](S &s) { s.sampling.repetitionPenalty = 1.05f; }},
        {"seed", [](S &s) { s.sampling.seed = 7; }}};
    std::vector<ChangedSettings> all;
    for (const auto &[name, change] : changes) {
        all.push_back({name, baseSettings()});
        change(all.back().settings);
    }
    return all;
}

} // namespace inferlab::test
