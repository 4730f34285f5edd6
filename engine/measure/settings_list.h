// Every setting of a run, once, with its name in files: whatever keeps, lists or compares runs goes
// through here, so that no setting is in one table and missing in another.
#pragma once

#include "engine/measure/run_record.h"

#include <string>
#include <vector>

namespace inferlab {

// visit(name, value) for each, in the order of tables; value is a reference to a bool, int32_t,
// uint64_t, float, std::string, a vector of these, DType or BatchPolicy, const where the settings
// are. The bindings name every member: a new one does not compile until it has its place here.
template <typename Settings, typename Visit>
void forEachSetting(Settings &settings, Visit &&visit)
{
    auto &[device, threads, kvCache, cacheType, batchInvariant, stepGraphs, batch, scheduler,
           padding, chunkTokens, requests, concurrency, promptTokens, contextTokens, maxNewTokens,
           leastNewTokens, ignoreEnd, chat, systemPrompt, prompt, promptPool, round, sampling] =
        settings;
    auto &[temperature, topK, topP, minP, repetitionPenalty, seed] = sampling;
    visit("device", device);
    visit("threads", threads);
    visit("kv_cache", kvCache);
    visit("cache_type", cacheType);
    visit("batch_invariant", batchInvariant);
    visit("step_graphs", stepGraphs);
    visit("batch", batch);
    visit("scheduler", scheduler);
    visit("padding", padding);
    visit("chunk_tokens", chunkTokens);
    visit("requests", requests);
    visit("concurrency", concurrency);
    visit("prompt_tokens", promptTokens);
    visit("context_tokens", contextTokens);
    visit("max_new_tokens", maxNewTokens);
    visit("least_new_tokens", leastNewTokens);
    visit("ignore_end", ignoreEnd);
    visit("chat", chat);
    visit("system_prompt", systemPrompt);
    visit("prompt", prompt);
    visit("prompt_pool", promptPool);
    visit("round", round);
    visit("temperature", temperature);
    visit("top_k", topK);
    visit("top_p", topP);
    visit("min_p", minP);
    visit("repetition_penalty", repetitionPenalty);
    visit("seed", seed);
}

struct NamedSetting
{
    std::string name;  // "kv_cache"
    std::string value; // "false", "Q8_0", "0.7": reads back as the same value

    bool operator==(const NamedSetting &) const = default;
};
std::vector<NamedSetting> namedSettings(const RunSettings &settings);

// The same for tables with many lines, where prompts would be most of the file: instead of each its
// fingerprint, "prompt_fnv64", 16 hexadecimal digits (64-bit FNV-1a of its bytes); empty for none.
std::vector<NamedSetting> tabledSettings(const RunSettings &settings);

// What tells two runs apart: all of them but the seed and the round, which differ between repeats,
// and of the sampling only what has an effect (a greedy choice leaves top-k, top-p and min-p
// without one).
std::vector<NamedSetting> comparedSettings(const RunSettings &settings);

} // namespace inferlab
