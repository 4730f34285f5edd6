#include "engine.h"

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/model/forward.h"
#include "engine/model/loaded_model.h"
#include "engine/run/memory_plan.h"
#include "engine/run/scheduler.h"
#include "engine/run/step_logits.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <utility>

namespace inferlab {

namespace {

// Short enough to lie within its std::string: said when there is no memory.
constexpr const char *kOutOfMemory = "out of memory";

// Every vocabulary has it, and nobody sees what comes of it.
constexpr int32_t kPadToken = 0;

// Blocks by which the tables of a step are widened: 256 tokens, a chunk of the GPU's attention.
constexpr int32_t kTableStep = 8;

class BatchEngine final : public Engine
{
public:
    BatchEngine(std::shared_ptr<LoadedModel> model, const EngineOptions &options,
                const MemoryPlan &memory)
        : m_model(std::move(model))
        , m_options(options)
        , m_memory(memory)
        , m_forward(*m_model, forwardLimits(options))
        , m_pool(forwardLimits(options).cacheBlocks)
        , m_scratch(m_model->config().vocabulary)
        , m_logits(m_forward, m_model->backend(), static_cast<size_t>(options.maxSequences))
    {
        const auto sequences = static_cast<size_t>(options.maxSequences);
        m_running.reserve(sequences);
        m_plan.reserve(sequences);
        m_batch.reserve(forwardLimits(options));
        m_model->backend().setBatchInvariant(options.batchInvariant);
        m_model->backend().setRecordsSteps(options.stepGraphs);
    }

    RequestId submit(Request request) override;
    StepReport step() override;
    void cancel(RequestId request) override;
    bool idle() const override { return m_running.empty() && m_waiting.empty(); }
    void requestStop() noexcept override { m_stop = true; }
    MemoryPlan memory() const override { return m_memory; }

private:
    using SequencePtr = std::unique_ptr<Sequence>;

    void advance(StepReport &report);
    void admit();
    void endCancelled();
    void buildBatch(StepReport &report);
    void reportRows(StepReport &report) const;
    void takeTokens(StepReport &report);
    void drawFrom(int64_t row, Sequence &sequence, StepReport &report);
    void takeToken(Sequence &sequence, Choice choice, StepReport &report);
    bool isEndToken(int32_t id) const;
    void end(Sequence &sequence, EndReason reason, const char *message = "") noexcept;
    void endAll(EndReason reason, const char *message = "") noexcept;
    void collectEnded(StepReport &report);
    void leaveRectangle();

    std::shared_ptr<LoadedModel> m_model;
    EngineOptions m_options;
    MemoryPlan m_memory;
    Forward m_forward;
    BlockPool m_pool;
    std::deque<SequencePtr> m_waiting;
    std::vector<SequencePtr> m_running; // rising ids
    StepPlan m_plan;
    Batch m_batch;
    SamplerScratch m_scratch;
    StepLogits m_logits;
    RequestId m_nextId = 0;
    std::atomic<bool> m_stop {false};
};

RequestId BatchEngine::submit(Request request)
{
    const ModelConfig &config = m_model->config();
    request.sampling.validate();
    if (request.promptTokens.empty())
        throw InputError("prompt", "", "at least one token", "none");
    for (const int32_t id : request.promptTokens) {
        if (id < 0 || id >= config.vocabulary)
            throw InputError("prompt", "",
                             "token ids from 0 to " + std::to_string(config.vocabulary - 1),
                             std::to_string(id));
    }
    if (request.maxNewTokens < 1)
        throw InputError("new tokens", "", "at least 1", std::to_string(request.maxNewTokens));
    // One token of the answer has to fit behind the prompt.
    if (request.promptTokens.size() >= static_cast<size_t>(m_options.contextTokens))
        throw InputError("prompt", "",
                         "fewer than " + std::to_string(m_options.contextTokens)
                             + " tokens (the context)",
                         std::to_string(request.promptTokens.size()) + " tokens");
    if (idle())
        m_stop = false; // asked for when nothing was open: it ends nothing that comes later
    m_waiting.push_back(std::make_unique<Sequence>(m_nextId, std::move(request),
                                                   m_options.contextTokens, m_options.padding));
    return m_nextId++;
}

void BatchEngine::cancel(RequestId request)
{
    const auto mark = [request](const SequencePtr &sequence) {
        sequence->cancelled = sequence->cancelled || sequence->id == request;
    };
    std::for_each(m_running.begin(), m_running.end(), mark);
    std::for_each(m_waiting.begin(), m_waiting.end(), mark);
}

StepReport BatchEngine::step()
{
    StepReport report;
    report.startNs = nowNs();
    try {
        advance(report);
    } catch (const Cancelled &) {
        endAll(EndReason::Cancelled);
        m_stop = false;
    } catch (const std::bad_alloc &) {
        endAll(EndReason::Error, kOutOfMemory);
    } catch (const std::exception &error) {
        endAll(EndReason::Error, error.what());
    }
    collectEnded(report);
    report.waiting = static_cast<int32_t>(m_waiting.size());
    report.endNs = nowNs();
    return report;
}

void BatchEngine::advance(StepReport &report)
{
    if (m_stop)
        throw Cancelled();
    endCancelled();
    collectEnded(report);
    admit();
    const SchedulerLimits limits {m_options.kvCache, m_options.stepTokens, m_options.policy};
    planStep(m_running, limits, m_pool.available(), m_plan);
    if (m_plan.empty()) {
        report.idle = idle();
        return;
    }
    buildBatch(report);
    const ConstMatrixView logits = m_forward.runOnDevice(m_batch, m_stop);
    m_logits.take(logits, m_plan, static_cast<bool>(m_options.lookAtLogits));
    if (const std::optional<DeviceStep> step = m_model->backend().lastStep()) {
        report.deviceNs = step->ns;
        report.launches = step->launches;
        report.replayed = step->replayed;
        report.devicePhases = step->phases;
    }
    reportRows(report);
    takeTokens(report);
}

// A static batch is filled once and runs until its last sequence ends; a continuous one takes the
// next request as soon as a sequence has left.
void BatchEngine::admit()
{
    if (m_options.policy == BatchPolicy::Static && !m_running.empty())
        return;
    while (!m_waiting.empty() && m_running.size() < static_cast<size_t>(m_options.maxSequences)) {
        m_running.push_back(std::move(m_waiting.front()));
        m_waiting.pop_front();
    }
    if (m_options.padding)
        padToLongest(m_running);
}

void BatchEngine::endCancelled()
{
    const auto endOne = [this](const SequencePtr &sequence) {
        if (sequence->cancelled)
            end(*sequence, EndReason::Cancelled);
    };
    std::for_each(m_running.begin(), m_running.end(), endOne);
    std::for_each(m_waiting.begin(), m_waiting.end(), endOne);
}

void BatchEngine::buildBatch(StepReport &report)
{
    m_batch.clear();
    for (const PlannedRows &planned : m_plan) {
        Sequence &sequence = *planned.sequence;
        if (!sequence.started && !sequence.ending) {
            sequence.started = true;
            report.started.push_back(sequence.id);
        }
        if (!m_pool.grow(sequence.blocks, sequence.computed + planned.rows))
            throw std::logic_error("the scheduler planned more blocks than the pool has");
        const int32_t wanted = sequence.logitRow() - sequence.computed;
        if (wanted >= 0 && wanted < planned.rows)
            m_batch.logitRows.push_back(static_cast<int32_t>(m_batch.ids.size()) + wanted);
        for (int32_t i = 0; i < planned.rows; ++i) {
            const int32_t position = sequence.computed + i;
            m_batch.ids.push_back(position < sequence.target
                                      ? sequence.tokens[static_cast<size_t>(position)]
                                      : kPadToken);
            m_batch.positions.push_back(position);
            m_batch.sequences.push_back(m_batch.sequenceCount);
        }
        ++m_batch.sequenceCount;
        m_batch.maxBlocks =
            std::max(m_batch.maxBlocks, static_cast<int32_t>(sequence.blocks.size()));
    }
    // In wide steps, so that a step is often the same as the one before but for its numbers.
    m_batch.maxBlocks = std::min((m_batch.maxBlocks + kTableStep - 1) / kTableStep * kTableStep,
                                 blocksFor(m_options.contextTokens));
    m_batch.blockTables.assign(
        static_cast<size_t>(m_batch.sequenceCount) * static_cast<size_t>(m_batch.maxBlocks), 0);
    auto table = m_batch.blockTables.begin();
    for (const PlannedRows &planned : m_plan) {
        std::copy(planned.sequence->blocks.begin(), planned.sequence->blocks.end(), table);
        table += m_batch.maxBlocks;
    }
}

// The rows that were computed; a step that gave up computed none that count. Tokens are counted as
// they are taken.
void BatchEngine::reportRows(StepReport &report) const
{
    for (const PlannedRows &planned : m_plan) {
        const Sequence &sequence = *planned.sequence;
        const int32_t tokens = sequence.tokensAmong(planned.rows);
        report.paddedTokens += planned.rows - tokens;
        report.running += sequence.ending ? 0 : 1;
        if (tokens == 0)
            continue;
        if (sequence.generated == 0) {
            report.prefillTokens += tokens;
            report.prefill.push_back(
                {sequence.id, sequence.computed + tokens, sequence.promptTokens});
        } else {
            report.recomputedTokens += tokens - (sequence.wantsLogits(planned.rows) ? 1 : 0);
        }
    }
}

void BatchEngine::takeTokens(StepReport &report)
{
    report.tokens.reserve(m_batch.logitRows.size());
    int64_t row = 0;
    for (const PlannedRows &planned : m_plan) {
        if (m_stop)
            throw Cancelled();
        Sequence &sequence = *planned.sequence;
        const bool drawn = sequence.wantsLogits(planned.rows);
        sequence.computed += planned.rows;
        if (drawn) { // else a chunk of a longer prompt
            if (!sequence.ending)
                drawFrom(row, sequence, report);
            ++row;
        }
        if (sequence.pending() > 0)
            continue;
        if (!m_options.kvCache)
            m_pool.release(sequence.blocks);
        sequence.endRound(m_options.kvCache, m_options.contextTokens);
    }
}

void BatchEngine::drawFrom(int64_t row, Sequence &sequence, StepReport &report)
{
    if (m_options.lookAtLogits)
        m_options.lookAtLogits(sequence.id, m_logits.row(row));
    try {
        takeToken(sequence, m_logits.choose(row, sequence, m_scratch), report);
    } catch (const std::bad_alloc &) {
        end(sequence, EndReason::Error, kOutOfMemory);
    } catch (const std::exception &error) {
        // Its own logits are bad; the others of the batch go on.
        end(sequence, EndReason::Error, error.what());
    }
}

void BatchEngine::takeToken(Sequence &sequence, Choice choice, StepReport &report)
{
    TokenEvent event;
    event.ns = nowNs(); // the id is known
    const Tokenizer &tokenizer = m_model->tokenizer();
    event.request = sequence.id;
    event.index = sequence.generated;
    event.id = choice.id;
    event.probability = choice.probability;
    event.piece = tokenizer.piece(choice.id);
    event.runnersUp = std::move(choice.runnersUp);
    for (RunnerUp &other : event.runnersUp)
        other.piece = tokenizer.piece(other.id);
    // Control tokens have a name and no text.
    event.text = tokenizer.isControl(choice.id) ? std::string() : sequence.text.push(event.piece);
    report.decodeTokens += event.index > 0 ? 1 : 0;
    report.tokens.push_back(std::move(event));

    sequence.tokens.push_back(choice.id);
    ++sequence.generated;
    if (isEndToken(choice.id) && !sequence.request.ignoreEnd)
        end(sequence, EndReason::Stop);
    else if (sequence.generated >= sequence.request.maxNewTokens
             || sequence.length() >= m_options.contextTokens)
        end(sequence, EndReason::Length);
}

bool BatchEngine::isEndToken(int32_t id) const
{
    const std::span<const int32_t> ends = m_model->tokenizer().endTokens();
    return std::find(ends.begin(), ends.end(), id) != ends.end();
}

// Of a sequence that has ended already the first ending counts.
void BatchEngine::end(Sequence &sequence, EndReason reason, const char *message) noexcept
{
    if (sequence.ending)
        return;
    Ending &ending = sequence.ending.emplace();
    ending.reason = reason;
    ending.ns = nowNs();
    try {
        ending.message = message;
    } catch (const std::bad_alloc &) {
        ending.message = kOutOfMemory;
    }
    if (!m_options.padding) // else its rows are still computed
        m_pool.release(sequence.blocks);
}

void BatchEngine::endAll(EndReason reason, const char *message) noexcept
{
    const auto endOne = [&](const SequencePtr &sequence) { end(*sequence, reason, message); };
    std::for_each(m_running.begin(), m_running.end(), endOne);
    std::for_each(m_waiting.begin(), m_waiting.end(), endOne);
}

// Moves the sequences that ended into the report. Room comes first, for all that may end in this
// step, so that none is moved halfway.
void BatchEngine::collectEnded(StepReport &report)
{
    const auto hasEnded = [](const SequencePtr &sequence) {
        return sequence->ending && !sequence->reported;
    };
    if (std::none_of(m_running.begin(), m_running.end(), hasEnded)
        && std::none_of(m_waiting.begin(), m_waiting.end(), hasEnded))
        return;
    report.finished.reserve(report.finished.size() + m_running.size() + m_waiting.size());
    const auto collect = [&](const SequencePtr &sequence) {
        if (!hasEnded(sequence))
            return false;
        Ending &ending = *sequence->ending;
        report.finished.push_back({sequence->id, ending.reason, std::move(ending.message),
                                   sequence->text.finish(), ending.ns});
        sequence->reported = true;
        return true;
    };
    if (m_options.padding) {
        std::for_each(m_running.begin(), m_running.end(), collect);
        leaveRectangle();
    } else {
        std::erase_if(m_running, collect);
    }
    std::erase_if(m_waiting, collect);
}

// All at once, when the last has ended.
void BatchEngine::leaveRectangle()
{
    if (!std::all_of(m_running.begin(), m_running.end(),
                     [](const SequencePtr &sequence) { return sequence->reported; }))
        return;
    for (const SequencePtr &sequence : m_running)
        m_pool.release(sequence->blocks);
    m_running.clear();
}

} // namespace

std::unique_ptr<Engine> openEngine(std::shared_ptr<LoadedModel> model, const EngineOptions &options)
{
    const EngineOptions complete = completeOptions(*model, options);
    const MemoryPlan memory = planMemory(*model, complete);
    requireFits(memory, complete);
    return std::make_unique<BatchEngine>(std::move(model), complete, memory);
}

} // namespace inferlab
