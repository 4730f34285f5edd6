// The engine's scheduling (engine/run/scheduler.cpp), with a clock that the cost model moves.
#include "engine/measure/prediction.h"

#include "engine/cache/block_pool.h"
#include "engine/measure/metrics.h"
#include "engine/run/memory_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;

// One sequence that runs.
struct Active
{
    size_t request = 0;
    int32_t prompt = 0; // rows of it, padding included
    int32_t wanted = 0; // new tokens
    int32_t generated = 0;
    int32_t computed = 0; // in the cache, or in this round without one

    int32_t length() const noexcept { return prompt + generated; }
    int32_t pending() const noexcept { return length() - computed; }
    int32_t blocks() const noexcept { return blocksFor(computed); }
};

class Simulation
{
public:
    Simulation(const PredictionModel &model, const RunSettings &settings,
               std::span<const ExpectedRequest> requests)
        : m_model(model)
        , m_settings(settings)
        , m_requests(requests)
        , m_places(placesOf(settings, requests.size()))
        , m_inFlight(settings.concurrency > 0 ? static_cast<size_t>(settings.concurrency)
                                              : requests.size())
        , m_stepTokens(std::max({settings.chunkTokens > 0 ? settings.chunkTokens : kStepTokens,
                                 static_cast<int32_t>(m_places)}))
    { }

    Prediction run();

private:
    int32_t freeBlocks() const;
    static size_t placesOf(const RunSettings &settings, size_t requests);
    void submit();
    void admit();
    void step();
    StepShape plan(std::vector<std::pair<Active *, int32_t>> &rows);
    void takeTokens(const std::vector<std::pair<Active *, int32_t>> &rows);
    int64_t now() const { return static_cast<int64_t>(std::llround(m_seconds * kNsPerS)); }

    const PredictionModel &m_model;
    const RunSettings &m_settings;
    std::span<const ExpectedRequest> m_requests;
    size_t m_places; // sequences that advance together
    size_t m_inFlight;
    int32_t m_stepTokens;
    double m_seconds = 0;
    size_t m_next = 0;      // first request that is not running yet
    size_t m_submitted = 0; // requests
    size_t m_ended = 0;
    std::vector<Active> m_running;
    Prediction m_out;
};

size_t Simulation::placesOf(const RunSettings &settings, size_t requests)
{
    size_t places = std::min(static_cast<size_t>(std::max(settings.batch, 1)), requests);
    if (settings.concurrency > 0)
        places = std::min(places, static_cast<size_t>(settings.concurrency));
    return places;
}

// Without the cache a few sequences' blocks are all that the engine takes.
int32_t Simulation::freeBlocks() const
{
    if (m_settings.kvCache)
        return std::numeric_limits<int32_t>::max();
    int32_t longest = 0;
    for (const ExpectedRequest &request : m_requests)
        longest = std::max(longest, request.promptTokens + request.newTokens);
    const auto held = std::min(static_cast<int32_t>(m_places), kSequencesWithoutCache);
    int32_t blocks = held * blocksFor(longest);
    for (const Active &active : m_running)
        blocks -= active.blocks();
    return blocks;
}

void Simulation::submit()
{
    while (m_submitted < m_requests.size() && m_submitted - m_ended < m_inFlight) {
        RequestRecord &request = m_out.record.requests[m_submitted++];
        request.scheduledNs = now();
        request.submittedNs = now();
    }
}

void Simulation::admit()
{
    submit();
    if (m_settings.scheduler == BatchPolicy::Static && !m_running.empty())
        return;
    const size_t before = m_running.size();
    while (m_next < m_submitted && m_running.size() < m_places) {
        const ExpectedRequest &request = m_requests[m_next];
        m_running.push_back({m_next++, request.promptTokens, request.newTokens, 0, 0});
    }
    if (!m_settings.padding)
        return;
    int32_t longest = 0;
    for (size_t i = before; i < m_running.size(); ++i)
        longest = std::max(longest, m_running[i].prompt);
    for (size_t i = before; i < m_running.size(); ++i)
        m_running[i].prompt = longest;
}

StepShape Simulation::plan(std::vector<std::pair<Active *, int32_t>> &rows)
{
    std::vector<Active *> candidates;
    const bool isStatic = m_settings.scheduler == BatchPolicy::Static;
    const bool onlyPrefill = m_settings.kvCache && isStatic
        && std::any_of(m_running.begin(), m_running.end(),
                       [](const Active &active) { return active.generated == 0; });
    for (Active &active : m_running) {
        if (!onlyPrefill || active.generated == 0)
            candidates.push_back(&active);
    }
    // Without the cache the one that is half done, then the shortest answer, so that none runs
    // ahead; with it, in a continuous batch, those that decode before those that prefill.
    if (!m_settings.kvCache) {
        std::stable_sort(candidates.begin(), candidates.end(),
                         [](const Active *a, const Active *b) {
                             return std::pair(a->computed == 0, a->generated)
                                 < std::pair(b->computed == 0, b->generated);
                         });
    } else if (!isStatic) {
        std::stable_partition(candidates.begin(), candidates.end(),
                              [](const Active *active) { return active->generated > 0; });
    }
    StepShape shape;
    shape.cacheType = m_model.cacheType;
    int32_t room = m_stepTokens;
    int32_t blocks = freeBlocks();
    for (Active *active : candidates) {
        const int32_t take = std::min(active->pending(), room);
        const int32_t missing = blocksFor(active->length()) - active->blocks();
        if (take == 0 || missing > blocks)
            break;
        room -= take;
        blocks -= missing;
        rows.emplace_back(active, take);
        shape.sequences.push_back({take, active->computed, take == active->pending()});
    }
    return shape;
}

void Simulation::takeTokens(const std::vector<std::pair<Active *, int32_t>> &rows)
{
    for (const auto &[active, take] : rows) {
        active->computed += take;
        if (active->pending() > 0)
            continue;
        RequestRecord &request = m_out.record.requests[active->request];
        TokenRecord token;
        token.ns = now();
        request.tokens.push_back(std::move(token));
        ++active->generated;
        if (!m_settings.kvCache)
            active->computed = 0;
        if (active->generated >= active->wanted) {
            request.endNs = now();
            request.endReason = EndReason::Length;
            ++m_ended;
        }
    }
    std::erase_if(m_running, [](const Active &a) { return a.generated >= a.wanted; });
}

void Simulation::step()
{
    std::vector<std::pair<Active *, int32_t>> rows;
    const StepShape shape = plan(rows);
    const StepCost cost = stepCost(m_model.cost, shape);
    const StepTime time = stepTime(cost, m_model.limits);
    StepRecord record;
    record.startNs = now();
    record.running = static_cast<int32_t>(rows.size());
    for (const auto &[active, take] : rows) {
        RequestRecord &request = m_out.record.requests[active->request];
        if (request.tokens.empty() && active->computed == 0)
            request.startedNs = std::max<int64_t>(now(), 1); // 0 means never
        if (active->generated == 0)
            record.prefillTokens += take;
        else
            record.decodeTokens += take == active->pending() ? 1 : 0;
    }
    m_seconds += time.seconds();
    record.endNs = now();
    m_out.record.steps.push_back(record);
    PhaseEstimate &phase = record.prefillTokens > 0 ? m_out.prefill : m_out.decode;
    ++phase.steps;
    phase.time += time;
    phase.bytes += cost.bytes();
    phase.weightBytes += cost.layers.bytes + cost.output.bytes;
    phase.operations += cost.operations();
    takeTokens(rows);
}

Prediction Simulation::run()
{
    m_out.record.settings = m_settings;
    m_out.record.label = "predicted";
    m_out.record.requests.resize(m_requests.size());
    for (size_t i = 0; i < m_requests.size(); ++i) {
        m_out.record.requests[i].id = static_cast<int32_t>(i);
        m_out.record.requests[i].promptTokens = m_requests[i].promptTokens;
    }
    while (m_ended < m_requests.size()) {
        admit();
        step();
    }
    return std::move(m_out);
}

} // namespace

std::vector<ExpectedRequest> expectedRequests(const RunSettings &settings, int32_t promptTokens)
{
    const int32_t count = settings.requests > 0 ? settings.requests : std::max(settings.batch, 1);
    const int32_t prompt = settings.promptTokens > 0 ? settings.promptTokens : promptTokens;
    return std::vector<ExpectedRequest>(
        static_cast<size_t>(count),
        ExpectedRequest {std::max(prompt, 1), std::max(settings.maxNewTokens, 1)});
}

std::vector<ExpectedRequest> expectedRequests(const RunRecord &record)
{
    std::vector<ExpectedRequest> out;
    for (const RequestRecord &request : record.requests) {
        const int64_t tokens = outputTokens(request);
        if (request.endReason == EndReason::Error || tokens <= 0)
            continue;
        out.push_back(
            {std::max(request.promptTokens, 1),
             static_cast<int32_t>(std::min<int64_t>(tokens, std::numeric_limits<int32_t>::max()))});
    }
    return out;
}

Prediction predictRun(const PredictionModel &model, const RunSettings &settings,
                      std::span<const ExpectedRequest> requests)
{
    if (requests.empty())
        return {};
    return Simulation(model, settings, requests).run();
}

} // namespace inferlab
