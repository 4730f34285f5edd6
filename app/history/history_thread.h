// The thread that owns the store, with the runs that it could not write yet. Jobs are done in
// order; at the end those that wait are done first.
#pragma once

#include "app/history/history_store.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace inferlab {

class HistoryThread
{
public:
    using Job = std::function<void(HistoryThread &)>; // must not throw

    explicit HistoryThread(const QString &file);
    ~HistoryThread();
    HistoryThread(const HistoryThread &) = delete;
    HistoryThread &operator=(const HistoryThread &) = delete;

    void post(Job job); // from any thread

    // For jobs.

    // Opened when it is not; throws HistoryError as long as it cannot be.
    HistoryStore &store();
    // Writes the run, after those that are held; id of this one. Throws HistoryError: it is held.
    int64_t save(PreparedRun run);
    // Lines about the file since the last call.
    QStringList takeNotices();

private:
    void loop();
    int64_t write(const PreparedRun &run);
    void writeHeld(); // throws where the file takes nothing at present
    void leaveHeldBeside();

    const QString m_file;
    std::mutex m_mutex; // of the two below
    std::condition_variable m_wake;
    std::deque<Job> m_jobs;
    bool m_quit = false;

    // The thread's own.
    std::optional<HistoryStore> m_store;
    std::deque<PreparedRun> m_held;
    QStringList m_notices;

    std::thread m_thread; // last: it uses all of these
};

} // namespace inferlab
