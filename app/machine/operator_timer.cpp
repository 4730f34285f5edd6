#include "app/machine/operator_timer.h"

#include "engine/base/error.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace inferlab {

namespace {

// Some turns of a busy machine's scheduler, so that one of the looks has the cores to itself.
constexpr double kOperatorSeconds = 0.04;
constexpr int kFewestLooks = 3;

// Steps are recorded while it lives, whatever was chosen before. A backend forgets them when it is
// told to record none: so none of those here point to memory that has gone.
class RecordingScope
{
public:
    explicit RecordingScope(Backend &backend)
        : m_backend(backend)
        , m_before(backend.recordsSteps())
    {
        m_backend.setRecordsSteps(true);
    }
    ~RecordingScope()
    {
        m_backend.setRecordsSteps(false);
        m_backend.setRecordsSteps(m_before);
    }
    RecordingScope(const RecordingScope &) = delete;
    RecordingScope &operator=(const RecordingScope &) = delete;

private:
    Backend &m_backend;
    bool m_before;
};

} // namespace

OperatorTimer::OperatorTimer(Backend &backend, const StopCheck &stop)
    : m_backend(backend)
    , m_stop(stop)
    , m_word(backend.hasHostMemory() ? nullptr : backend.allocate(sizeof(uint32_t)))
{ }

void OperatorTimer::waitForDevice()
{
    uint32_t word = 0;
    if (m_word)
        m_backend.download(&word, m_word->data(), sizeof word);
}

double OperatorTimer::seconds(const OperatorCase &operatorCase)
{
    const std::unique_ptr<PreparedOperator> prepared = operatorCase.prepare(m_backend);
    return fastest([&prepared] { prepared->run(); });
}

double OperatorTimer::replayedSeconds(const OperatorCase &operatorCase)
{
    const RecordingScope scope(m_backend);
    if (!m_backend.recordsSteps())
        return 0.0;
    constexpr int kRuns = 100; // so many that what a step itself costs hardly counts
    const std::unique_ptr<PreparedOperator> prepared = operatorCase.prepare(m_backend);
    const std::function<void()> runAll = [&prepared] {
        for (int i = 0; i < kRuns; ++i)
            prepared->run();
    };
    StepKey key; // of a step that decodes
    key.memory = prepared.get();
    key.rows = key.sequences = key.logitRows = 1;
    const auto step = [&] { m_backend.runStep(key, runAll); };
    step(); // one by one; the next is recorded
    return fastest(step) / kRuns;
}

double OperatorTimer::fastest(const std::function<void()> &run)
{
    using Clock = std::chrono::steady_clock;
    using Seconds = std::chrono::duration<double>;
    // So long that looking at the clock, or waiting for a GPU, does not count.
    const double clockSeconds = m_word ? 2e-3 : 2e-5;
    run();
    waitForDevice();
    double best = std::numeric_limits<double>::infinity();
    int runs = 1; // between two looks
    int looks = 0;
    for (const auto start = Clock::now();
         looks < kFewestLooks || Seconds(Clock::now() - start).count() < kOperatorSeconds;) {
        if (m_stop && m_stop())
            throw Cancelled();
        const auto begin = Clock::now();
        for (int i = 0; i < runs; ++i)
            run();
        waitForDevice();
        const double taken = Seconds(Clock::now() - begin).count();
        if (taken < clockSeconds) {
            runs *= 2;
            continue;
        }
        best = std::min(best, taken / runs);
        ++looks;
    }
    return best;
}

} // namespace inferlab
