// What a person wants of an experiment while it runs: pause, skip a point, stop. Told from any
// thread; obeyed by the one that runs, within a step's pieces.
#pragma once

#include "engine/run/engine.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>

namespace inferlab {

class RunControl
{
public:
    // From any thread. The run in progress is given up at once where it is concerned; after a pause
    // it is made again from its beginning, so that no measured time holds a pause.
    void stop();
    void setPaused(bool paused);
    void skip(size_t point);

    bool stopped() const;
    bool paused() const;
    bool isSkipped(size_t point) const;

    // The rest is for the thread that runs.

    // A run of this point begins: interrupted() tells from now on whether it is to be given up.
    void begin(size_t point);
    const std::atomic<bool> &interrupted() const noexcept { return m_interrupted; }

    // While this lives, an interruption reaches the engine in the middle of a step.
    class Engaged
    {
    public:
        Engaged(RunControl &control, Engine &engine);
        ~Engaged();
        Engaged(const Engaged &) = delete;
        Engaged &operator=(const Engaged &) = delete;

    private:
        RunControl &m_control;
    };

    void waitWhilePaused();        // until resumed or stopped
    void waitSeconds(double time); // or until anything is wanted

private:
    void interruptIfConcerned(); // with the mutex held

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false;
    bool m_paused = false;
    std::set<size_t> m_skipped;
    std::optional<size_t> m_current;
    Engine *m_engine = nullptr;
    std::atomic<bool> m_interrupted {false};
};

} // namespace inferlab
