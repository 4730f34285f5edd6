// Steps like the real engine: prefill in pieces, then a token a step for each running sequence.
#include "synthetic_engine.h"

#include "engine/base/clock.h"
#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <thread>

namespace inferlab::test {

namespace {

struct Sequence
{
    RequestId id = 0;
    Request request;
    int prefilled = 0;
    int produced = 0;
    bool started = false;
    bool finished = false;
    bool cancelled = false;
};

class SyntheticEngine : public Engine
{
public:
    SyntheticEngine(SyntheticOptions options, const EngineOptions &engine)
        : m_options(std::move(options))
        , m_engine(engine)
    { }

    RequestId submit(Request request) override
    {
        Sequence sequence;
        sequence.id = static_cast<RequestId>(m_sequences.size());
        sequence.request = std::move(request);
        m_sequences.push_back(std::move(sequence));
        return m_sequences.back().id;
    }

    StepReport step() override
    {
        StepReport report;
        report.startNs = nowNs();
        const auto running = std::count_if(m_sequences.begin(), m_sequences.end(),
                                           [](const Sequence &s) { return !s.finished; });
        std::this_thread::sleep_for(m_options.stepTime + m_options.timePerSequence * (running - 1));
        report.running = static_cast<int32_t>(running);
        for (Sequence &sequence : m_sequences) {
            if (!sequence.finished)
                advance(sequence, report);
        }
        report.endNs = nowNs();
        report.idle = idle();
        return report;
    }

    void cancel(RequestId request) override
    {
        m_sequences.at(static_cast<size_t>(request)).cancelled = true;
    }

    bool idle() const override
    {
        return std::all_of(m_sequences.begin(), m_sequences.end(),
                           [](const Sequence &s) { return s.finished; });
    }

    void requestStop() noexcept override { m_stop = true; }

    MemoryPlan memory() const override { return {}; }

private:
    void advance(Sequence &sequence, StepReport &report)
    {
        if (!sequence.started) {
            sequence.started = true;
            report.started.push_back(sequence.id);
        }
        if (m_stop || sequence.cancelled)
            return finish(sequence, EndReason::Cancelled, report);
        const auto prompt = static_cast<int>(sequence.request.promptTokens.size());
        if (sequence.prefilled < prompt) {
            const int now = std::min(m_options.prefillStep, prompt - sequence.prefilled);
            sequence.prefilled += now;
            report.prefillTokens += now;
            report.prefill.push_back({sequence.id, sequence.prefilled, prompt});
            return;
        }
        ++report.decodeTokens;
        report.tokens.push_back(nextToken(sequence));
        if (!m_options.runError.empty())
            finish(sequence, EndReason::Error, report);
        else if (sequence.produced >= m_options.endAfter && !sequence.request.ignoreEnd)
            finish(sequence, EndReason::Stop, report);
        else if (sequence.produced >= sequence.request.maxNewTokens)
            finish(sequence, EndReason::Length, report);
    }

    TokenEvent nextToken(Sequence &sequence) const
    {
        const auto at = static_cast<size_t>(sequence.produced) % m_options.pieces.size();
        TokenEvent token;
        token.request = sequence.id;
        token.index = sequence.produced++;
        token.id = static_cast<int32_t>(1000 + at);
        token.piece = token.text = m_options.pieces[at];
        token.ns = nowNs();
        token.probability = 0.91F;
        token.runnersUp = {{7, 0.04F, " located"}, {8, 0.02F, " the"}, {9, 0.01F, " a"}};
        return token;
    }

    void finish(Sequence &sequence, EndReason reason, StepReport &report) const
    {
        sequence.finished = true;
        FinishedRequest finished;
        finished.request = sequence.id;
        finished.reason = reason;
        finished.message = m_options.runError;
        finished.ns = nowNs();
        report.finished.push_back(std::move(finished));
    }

    SyntheticOptions m_options;
    EngineOptions m_engine;
    std::vector<Sequence> m_sequences;
    std::atomic<bool> m_stop {false};
};

void load(const SyntheticOptions &options, const LoadProgressCallback &progress,
          const std::atomic<bool> *stop)
{
    constexpr int kSteps = 20;
    for (int i = 0; i < kSteps; ++i) {
        if (stop != nullptr && *stop)
            throw Cancelled();
        if (progress)
            progress({static_cast<uint64_t>(i) << 20U, static_cast<uint64_t>(kSteps) << 20U});
        std::this_thread::sleep_for(options.loadTime / kSteps);
    }
    if (!options.loadError.empty())
        throw InputError(options.loadError);
}

} // namespace

EngineSource syntheticSource(const SyntheticOptions &options)
{
    EngineSource source;
    source.load = [options](const ModelChoice &, const LoadProgressCallback &progress,
                            const std::atomic<bool> *stop) {
        load(options, progress, stop);
        return std::shared_ptr<LoadedModel>();
    };
    source.encode = [options](const LoadedModel *, const RunSettings &) {
        return std::vector<int32_t>(static_cast<size_t>(options.promptTokens), 1);
    };
    source.open = [options](const std::shared_ptr<LoadedModel> &,
                            const EngineOptions &engine) -> std::unique_ptr<Engine> {
        return std::make_unique<SyntheticEngine>(options, engine);
    };
    source.hash = [](const ModelChoice &, const std::atomic<bool> *) {
        return std::string("sha256:00");
    };
    return source;
}

} // namespace inferlab::test
