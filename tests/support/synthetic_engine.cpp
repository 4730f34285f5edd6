#include "synthetic_engine.h"

#include "engine/base/clock.h"
#include "engine/base/error.h"

#include <array>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace inferlab::test {

namespace {

using std::chrono::microseconds;

constexpr std::array<const char *, 8> kWords {" the", " cache",  " keeps", " keys",
                                              " and", " values", " of",    " tokens.\n"};

class SyntheticEngine final : public Engine
{
public:
    SyntheticEngine(const SyntheticPace &pace, const EngineOptions &options)
        : m_pace(pace)
        , m_options(options)
    { }

    RequestId submit(Request request) override
    {
        if (request.promptTokens.empty())
            throw InputError("prompt", "", "at least one token", "none");
        m_open.push_back({static_cast<RequestId>(m_next), std::move(request), 0, false});
        return m_next++;
    }

    StepReport step() override
    {
        StepReport report;
        report.startNs = nowNs();
        if (m_open.empty()) {
            report.idle = true;
            report.endNs = report.startNs;
            return report;
        }
        const bool first = m_open.front().produced == 0;
        wait(first ? m_pace.prefill : m_pace.step);
        if (m_stop) {
            endAll(report, EndReason::Cancelled, {});
        } else {
            advance(report);
            ++m_steps;
            if (m_pace.failInStep && m_steps == 3)
                endAll(report, EndReason::Error, "device memory ran out");
        }
        report.endNs = nowNs();
        return report;
    }

    void cancel(RequestId request) override
    {
        for (Sequence &sequence : m_open) {
            if (sequence.id == request)
                sequence.cancelled = true;
        }
    }

    bool idle() const override { return m_open.empty(); }
    void requestStop() noexcept override { m_stop = true; }
    MemoryPlan memory() const override { return {}; }

private:
    struct Sequence
    {
        RequestId id = 0;
        Request request;
        int32_t produced = 0;
        bool cancelled = false;
    };

    void wait(microseconds duration) const
    {
        const auto until = std::chrono::steady_clock::now() + duration;
        while (!m_stop && std::chrono::steady_clock::now() < until) {
            const auto left = until - std::chrono::steady_clock::now();
            std::this_thread::sleep_for(
                std::min<std::chrono::steady_clock::duration>(left, std::chrono::milliseconds(1)));
        }
    }

    void advance(StepReport &report)
    {
        std::deque<Sequence> still;
        int32_t taken = 0;
        for (Sequence &sequence : m_open) {
            if (taken == m_options.maxSequences) {
                ++report.waiting;
                still.push_back(std::move(sequence));
                continue;
            }
            ++taken;
            if (sequence.produced == 0) {
                const auto prompt = static_cast<int32_t>(sequence.request.promptTokens.size());
                report.started.push_back(sequence.id);
                report.prefillTokens += prompt;
                report.prefill.push_back({sequence.id, prompt, prompt});
            } else {
                ++report.decodeTokens;
            }
            report.tokens.push_back(token(sequence));
            ++sequence.produced;
            if (sequence.cancelled)
                report.finished.push_back({sequence.id, EndReason::Cancelled, {}, {}, nowNs()});
            else if (sequence.produced >= sequence.request.maxNewTokens)
                report.finished.push_back({sequence.id, EndReason::Length, {}, {}, nowNs()});
            else
                still.push_back(std::move(sequence));
        }
        report.running = taken;
        m_open.swap(still);
    }

    static TokenEvent token(const Sequence &sequence)
    {
        TokenEvent event;
        event.request = sequence.id;
        event.index = sequence.produced;
        const size_t word = static_cast<size_t>(sequence.produced) % kWords.size();
        event.id = static_cast<int32_t>(word);
        event.piece = event.text = kWords[word];
        event.ns = nowNs();
        event.probability = 0.5f + 0.05f * static_cast<float>(word);
        event.runnersUp = {{100, 0.2f, " a"}, {101, 0.1f, " one"}};
        return event;
    }

    void endAll(StepReport &report, EndReason reason, const std::string &message)
    {
        for (const Sequence &sequence : m_open)
            report.finished.push_back({sequence.id, reason, message, {}, nowNs()});
        m_open.clear();
    }

    const SyntheticPace m_pace;
    const EngineOptions m_options;
    std::deque<Sequence> m_open;
    RequestId m_next = 0;
    int m_steps = 0;
    std::atomic<bool> m_stop {false};
};

// In steps of 1 ms, between which it can be stopped.
void takeTime(microseconds duration, const std::function<void(uint64_t, uint64_t)> &progress,
              const std::atomic<bool> *stop)
{
    const auto steps = static_cast<uint64_t>(duration / std::chrono::milliseconds(1));
    for (uint64_t i = 0; i < steps; ++i) {
        throwIfStopped(stop);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        progress(i + 1, steps);
    }
}

} // namespace

std::unique_ptr<Engine> makeSyntheticEngine(const SyntheticPace &pace, const EngineOptions &options)
{
    return std::make_unique<SyntheticEngine>(pace, options);
}

EngineSource syntheticSource(const SyntheticPace &pace)
{
    EngineSource source;
    source.load = [pace](const ModelChoice &choice, const LoadProgressCallback &progress,
                         const std::atomic<bool> *stop) -> std::shared_ptr<LoadedModel> {
        if (choice.path == QStringLiteral("missing.gguf"))
            throw InputError("missing.gguf", "", "a file", "nothing there");
        takeTime(
            pace.load,
            [&progress](uint64_t done, uint64_t total) {
                progress({done, total});
            },
            stop);
        return nullptr;
    };
    source.encode = [](const LoadedModel *, const RunSettings &settings) {
        if (settings.prompt.empty())
            throw InputError("prompt", "", "some text", "nothing");
        return std::vector<int32_t>(settings.prompt.begin(), settings.prompt.end());
    };
    source.open = [pace](const std::shared_ptr<LoadedModel> &, const EngineOptions &options) {
        return makeSyntheticEngine(pace, options);
    };
    source.hash = [pace](const ModelChoice &,
                         const std::function<void(uint64_t, uint64_t)> &progress,
                         const std::atomic<bool> *stop) {
        takeTime(pace.hash, progress, stop);
        return std::string("sha256:synthetic");
    };
    return source;
}

RunPlan syntheticPlan(int newTokens, int batch)
{
    RunPlan run;
    run.model.path = QStringLiteral("synthetic.gguf");
    run.settings.prompt = "hello";
    run.settings.maxNewTokens = newTokens;
    run.settings.batch = batch;
    return run;
}

} // namespace inferlab::test
