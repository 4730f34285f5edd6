// The requests of a run: which prompt, how long an answer and which seed each has, drawn where the
// settings say so, and how many of them are on their way. The same for the window and experiments.
#pragma once

#include "engine/measure/run_record.h"
#include "engine/run/engine.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace inferlab {

// How many requests a run of these settings submits.
int32_t requestsOf(const RunSettings &settings) noexcept;

// Unrelated numbers for neighbouring arguments: one step of SplitMix64 over each of them.
uint64_t mixedSeed(uint64_t a, uint64_t b, uint64_t c) noexcept;

// Request i of a run: which prompt of the pool, its sampling seed and the most tokens of its
// answer. They depend on sampling.seed, the round and the request alone (the length on its bounds,
// too), so the points of an experiment differ in what varies and in nothing else.
struct DrawnRequest
{
    size_t prompt = 0;
    uint64_t seed = 0;
    int32_t newTokens = 0;
};
DrawnRequest drawRequest(const RunSettings &settings, size_t prompts, int32_t request);

// The first `length` tokens, those of a shorter prompt again and again; 0: as it is. The prompt has
// a token.
std::vector<int32_t> ofLength(const std::vector<int32_t> &tokens, int32_t length);

// settings.prompt in tokens.
using EncodePrompt = std::function<std::vector<int32_t>(const RunSettings &)>;
// The pool of the settings in tokens, or their one prompt. Throws what `encode` throws.
std::vector<std::vector<int32_t>> encodePool(RunSettings settings, const EncodePrompt &encode);

// All requests, in the order in which they are submitted. pool: of encodePool(), not empty.
std::vector<Request> makeRequests(const RunSettings &settings,
                                  const std::vector<std::vector<int32_t>> &pool);
// The most tokens that all its answers together can have.
int64_t mostNewTokens(const RunSettings &settings);
size_t longestPrompt(const std::vector<Request> &requests) noexcept;

// Submits them: settings.concurrency at first (0: all), then the next when one has ended.
class RunSubmission
{
public:
    // Told of each, at the time when it was submitted.
    using Submitted = std::function<void(RequestId id, int64_t ns, int32_t promptTokens)>;

    RunSubmission(std::vector<Request> requests, Engine &engine, Submitted submitted);

    void begin(const RunSettings &settings);
    // So many have: as many are submitted. pausedNs: for how long the run's clock stood still.
    void ended(size_t count, int64_t pausedNs = 0);

private:
    void submit(size_t count, int64_t pausedNs);

    std::vector<Request> m_requests;
    size_t m_next = 0;
    Engine &m_engine;
    Submitted m_submitted;
};

} // namespace inferlab
