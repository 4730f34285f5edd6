// The engine's scheduling (engine/run/scheduler.h), with a clock that the cost model moves.
#include "engine/measure/prediction.h"

#include "engine/cache/block_pool.h"
#include "engine/measure/metrics.h"
#include "engine/run/memory_plan.h"
#include "engine/run/scheduler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;

// Beyond every model's context; a record may say anything.
constexpr int32_t kMostTokens = 1 << 24;

// The engine's own sequences and plans; what it computes is left out.
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
        , m_context(contextFor(settings, requests))
        , m_limits {settings.kvCache,
                    std::max({settings.chunkTokens > 0 ? settings.chunkTokens
                                                       : usualStepTokens(settings.device == "cuda"),
                              static_cast<int32_t>(m_places)}),
                    settings.scheduler}
        , m_pool(blocksHeld())
    { }

    Prediction run();

private:
    static size_t placesOf(const RunSettings &settings, size_t requests);
    static int32_t contextFor(const RunSettings &settings,
                              std::span<const ExpectedRequest> requests);
    int32_t blocksHeld() const;
    void submit();
    void admit();
    void step();
    bool isReplayed(const StepCost &cost);
    StepShape shapeOf(const StepPlan &plan) const;
    StepRecord rowsOf(const StepPlan &plan);
    void takeTokens(const StepPlan &plan);
    void takeToken(Sequence &sequence);
    void leave();
    int64_t now() const { return static_cast<int64_t>(std::llround(m_seconds * kNsPerS)); }

    const PredictionModel &m_model;
    const RunSettings &m_settings;
    std::span<const ExpectedRequest> m_requests;
    size_t m_places; // sequences that advance together
    size_t m_inFlight;
    int32_t m_context; // longest sequence
    SchedulerLimits m_limits;
    BlockPool m_pool;
    double m_seconds = 0;
    int64_t m_decodedRows = 0;    // of the step before, if it decoded
    std::set<int64_t> m_recorded; // rows of steps that are replayed
    size_t m_next = 0;            // first request that is not running yet
    size_t m_submitted = 0;       // requests
    size_t m_ended = 0;
    std::vector<std::unique_ptr<Sequence>> m_running;
    StepPlan m_plan;
    Prediction m_out;
};

size_t Simulation::placesOf(const RunSettings &settings, size_t requests)
{
    size_t places = std::min(static_cast<size_t>(std::max(settings.batch, 1)), requests);
    if (settings.concurrency > 0)
        places = std::min(places, static_cast<size_t>(settings.concurrency));
    return places;
}

// As the engine's options have it (app/run_setup), and room for every request that was.
int32_t Simulation::contextFor(const RunSettings &settings,
                               std::span<const ExpectedRequest> requests)
{
    int32_t prompt = 0;
    int32_t answer = 0;
    int32_t longest = 0;
    for (const ExpectedRequest &request : requests) {
        prompt = std::max(prompt, request.promptTokens);
        answer = std::max(answer, request.newTokens);
        longest = std::max(longest, request.promptTokens + request.newTokens);
    }
    const int32_t wanted = prompt + answer;
    return settings.contextTokens > 0 ? std::clamp(settings.contextTokens, longest, wanted)
                                      : wanted;
}

// Without the cache a few sequences' blocks are all that the engine takes.
int32_t Simulation::blocksHeld() const
{
    const auto places = static_cast<int32_t>(m_places);
    const int32_t held = m_settings.kvCache ? places : std::min(places, kSequencesWithoutCache);
    return held * blocksFor(m_context);
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
    while (m_next < m_submitted && m_running.size() < m_places) {
        const ExpectedRequest &expected = m_requests[m_next];
        m_running.push_back(Sequence::counted(static_cast<RequestId>(m_next++),
                                              expected.promptTokens, expected.newTokens));
    }
    if (m_settings.padding)
        padToLongest(m_running);
}

StepShape Simulation::shapeOf(const StepPlan &plan) const
{
    StepShape shape;
    shape.cacheType = m_model.cacheType;
    for (const PlannedRows &planned : plan) {
        const Sequence &sequence = *planned.sequence;
        const bool logits = sequence.wantsLogits(planned.rows);
        shape.sequences.push_back(
            {planned.rows, sequence.computed, logits, logits && !sequence.ending});
    }
    return shape;
}

// Counted as the engine's report counts them.
StepRecord Simulation::rowsOf(const StepPlan &plan)
{
    StepRecord record;
    for (const PlannedRows &planned : plan) {
        const Sequence &sequence = *planned.sequence;
        const int32_t tokens = sequence.tokensAmong(planned.rows);
        record.paddedTokens += planned.rows - tokens;
        if (sequence.ending)
            continue;
        ++record.running;
        RequestRecord &request = m_out.record.requests[static_cast<size_t>(sequence.id)];
        if (request.startedNs == 0)
            request.startedNs = std::max<int64_t>(now(), 1); // 0 means never
        if (sequence.generated == 0)
            record.prefillTokens += tokens;
        else
            record.decodeTokens += sequence.wantsLogits(planned.rows) ? 1 : 0;
    }
    return record;
}

void Simulation::takeToken(Sequence &sequence)
{
    RequestRecord &request = m_out.record.requests[static_cast<size_t>(sequence.id)];
    TokenRecord token;
    token.ns = now();
    request.tokens.push_back(std::move(token));
    if (++sequence.generated < sequence.request.maxNewTokens)
        return;
    request.endNs = now();
    request.endReason = EndReason::Length;
    sequence.ending.emplace();
    ++m_ended;
}

void Simulation::takeTokens(const StepPlan &plan)
{
    for (const PlannedRows &planned : plan) {
        Sequence &sequence = *planned.sequence;
        const bool drawn = sequence.wantsLogits(planned.rows) && !sequence.ending;
        if (!m_pool.grow(sequence.blocks, sequence.computed + planned.rows))
            throw std::logic_error("the scheduler planned more blocks than the pool has");
        sequence.computed += planned.rows;
        if (drawn)
            takeToken(sequence);
        if (sequence.pending() > 0)
            continue;
        if (!m_settings.kvCache)
            m_pool.release(sequence.blocks);
        sequence.endRound(m_settings.kvCache, m_context);
    }
    leave();
}

// One by one, or a rectangle as a whole.
void Simulation::leave()
{
    const auto hasEnded = [](const auto &sequence) { return sequence->ending.has_value(); };
    if (m_settings.padding && !std::all_of(m_running.begin(), m_running.end(), hasEnded))
        return;
    std::erase_if(m_running, [&](const auto &sequence) {
        if (hasEnded(sequence))
            m_pool.release(sequence->blocks);
        return hasEnded(sequence);
    });
}

// As a backend records them: a step that decodes as many rows as the one before, and all of so many
// rows after it. One in 256 tokens, where the block tables grow, is not replayed and counts as if.
bool Simulation::isReplayed(const StepCost &cost)
{
    const int64_t before = std::exchange(m_decodedRows, cost.decodes ? cost.rows : 0);
    if (!m_settings.stepGraphs || !cost.decodes)
        return false;
    if (cost.rows == before)
        m_recorded.insert(cost.rows);
    return m_recorded.contains(cost.rows);
}

void Simulation::step()
{
    planStep(m_running, m_limits, m_pool.available(), m_plan);
    const StepCost cost = stepCost(m_model.cost, shapeOf(m_plan));
    const StepTime time = stepTime(cost, m_model.limits, isReplayed(cost));
    StepRecord record = rowsOf(m_plan);
    record.startNs = now();
    m_seconds += time.seconds();
    record.endNs = now();
    m_out.record.steps.push_back(record);
    PhaseEstimate &phase = record.isPrefill() ? m_out.prefill : m_out.decode;
    ++phase.steps;
    phase.time += time;
    phase.bytes += cost.bytes();
    phase.weightBytes += cost.layers.bytes + cost.output.bytes;
    phase.operations += cost.operations();
    takeTokens(m_plan);
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
    const auto isTooLong = [](const ExpectedRequest &request) {
        return std::max(request.promptTokens, request.newTokens) > kMostTokens;
    };
    if (requests.empty() || std::any_of(requests.begin(), requests.end(), isTooLong))
        return {};
    if (settings.padding && settings.scheduler == BatchPolicy::Continuous)
        return {}; // no engine computes it
    return Simulation(model, settings, requests).run();
}

} // namespace inferlab
