#include "run_requests.h"

#include "app/run_setup/run_setup.h"
#include "engine/base/clock.h"
#include "engine/run/random.h"

#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

// Beyond this, JSON readers that keep numbers as doubles would round a seed.
constexpr uint64_t kSeedMask = (uint64_t {1} << 53) - 1;
constexpr uint64_t kLengthDraw = 1; // tells a length's draw from others of the same request

int32_t drawnLength(const RunSettings &settings, uint64_t drawn)
{
    const int32_t most = settings.maxNewTokens;
    const int32_t least = std::min(settings.leastNewTokens, most);
    if (least <= 0)
        return most;
    const auto lengths = static_cast<uint64_t>(most - least) + 1;
    return least + static_cast<int32_t>((mixedSeed(drawn, kLengthDraw, 0) >> 11) % lengths);
}

} // namespace

int32_t requestsOf(const RunSettings &settings) noexcept
{
    return settings.requests > 0 ? settings.requests
                                 : std::max(settings.batch, settings.concurrency);
}

uint64_t mixedSeed(uint64_t a, uint64_t b, uint64_t c) noexcept
{
    Random first(a);
    Random second(first.next() ^ b);
    Random third(second.next() ^ c);
    return third.next();
}

DrawnRequest drawRequest(const RunSettings &settings, size_t prompts, int32_t request)
{
    const uint64_t drawn =
        mixedSeed(settings.sampling.seed, static_cast<uint64_t>(int64_t {settings.round}) + 1,
                  static_cast<uint64_t>(request));
    DrawnRequest result;
    result.prompt = static_cast<size_t>((drawn >> 11) % prompts);
    result.seed = drawn & kSeedMask;
    result.newTokens = drawnLength(settings, drawn);
    return result;
}

std::vector<int32_t> ofLength(const std::vector<int32_t> &tokens, int32_t length)
{
    if (length == 0)
        return tokens;
    std::vector<int32_t> result(static_cast<size_t>(length));
    for (size_t i = 0; i < result.size(); ++i)
        result[i] = tokens[i % tokens.size()];
    return result;
}

std::vector<std::vector<int32_t>> encodePool(RunSettings settings, const EncodePrompt &encode)
{
    if (settings.promptPool.empty())
        return {encode(settings)};
    std::vector<std::vector<int32_t>> pool;
    pool.reserve(settings.promptPool.size());
    for (const std::string &prompt : std::exchange(settings.promptPool, {})) {
        settings.prompt = prompt;
        pool.push_back(encode(settings));
    }
    return pool;
}

std::vector<Request> makeRequests(const RunSettings &settings,
                                  const std::vector<std::vector<int32_t>> &pool)
{
    std::vector<Request> requests;
    for (int32_t i = 0; i < requestsOf(settings); ++i) {
        const DrawnRequest drawn = drawRequest(settings, pool.size(), i);
        const bool hasPool = !settings.promptPool.empty();
        const std::vector<int32_t> &prompt = pool[hasPool ? drawn.prompt : 0];
        requests.push_back(makeRequest(settings, ofLength(prompt, settings.promptTokens), i));
        requests.back().maxNewTokens = drawn.newTokens;
        if (hasPool)
            requests.back().sampling.seed = drawn.seed;
    }
    return requests;
}

int64_t mostNewTokens(const RunSettings &settings)
{
    const size_t prompts = std::max<size_t>(settings.promptPool.size(), 1);
    int64_t tokens = 0;
    for (int32_t i = 0; i < requestsOf(settings); ++i)
        tokens += drawRequest(settings, prompts, i).newTokens;
    return tokens;
}

size_t longestPrompt(const std::vector<Request> &requests) noexcept
{
    size_t longest = 0;
    for (const Request &request : requests)
        longest = std::max(longest, request.promptTokens.size());
    return longest;
}

RunSubmission::RunSubmission(std::vector<Request> requests, Engine &engine, Submitted submitted)
    : m_requests(std::move(requests))
    , m_engine(engine)
    , m_submitted(std::move(submitted))
{ }

void RunSubmission::begin(const RunSettings &settings)
{
    submit(settings.concurrency > 0 ? static_cast<size_t>(settings.concurrency) : m_requests.size(),
           0);
}

void RunSubmission::ended(size_t count, int64_t pausedNs)
{
    submit(count, pausedNs);
}

void RunSubmission::submit(size_t count, int64_t pausedNs)
{
    for (; count > 0 && m_next < m_requests.size(); --count) {
        Request &request = m_requests[m_next++];
        const auto length = static_cast<int32_t>(request.promptTokens.size());
        const int64_t now = nowNs();
        request.scheduledNs = now;
        const RequestId id = m_engine.submit(std::move(request));
        m_submitted(id, now - pausedNs, length);
    }
}

} // namespace inferlab
