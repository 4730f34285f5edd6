#include "paced_engine.h"

#include "engine/base/clock.h"
#include "support/synthetic_engine.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace inferlab::bench {

namespace {

class PacedEngine final : public Engine
{
public:
    PacedEngine(std::unique_ptr<Engine> engine, int64_t stepNs)
        : m_engine(std::move(engine))
        , m_stepNs(stepNs)
    { }

    RequestId submit(Request request) override { return m_engine->submit(std::move(request)); }
    StepReport step() override
    {
        if (m_dueNs == 0)
            m_dueNs = nowNs();
        m_dueNs += m_stepNs;
        const int64_t left = m_dueNs - nowNs();
        if (left > 0 && !m_stop)
            std::this_thread::sleep_for(std::chrono::nanoseconds(left));
        return m_engine->step();
    }
    void cancel(RequestId request) override { m_engine->cancel(request); }
    bool idle() const override { return m_engine->idle(); }
    void requestStop() noexcept override
    {
        m_stop = true;
        m_engine->requestStop();
    }
    MemoryPlan memory() const override { return m_engine->memory(); }

private:
    std::unique_ptr<Engine> m_engine;
    const int64_t m_stepNs;
    int64_t m_dueNs = 0; // of the next token; 0: not begun
    std::atomic<bool> m_stop {false};
};

} // namespace

EngineSource pacedSource(int64_t stepNs)
{
    EngineSource source = test::syntheticSource({});
    source.open = [stepNs](const std::shared_ptr<LoadedModel> &,
                           const EngineOptions &options) -> std::unique_ptr<Engine> {
        return std::make_unique<PacedEngine>(test::makeSyntheticEngine({}, options), stepNs);
    };
    return source;
}

} // namespace inferlab::bench
