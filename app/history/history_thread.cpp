#include "history_thread.h"

#include <QDateTime>
#include <QSaveFile>
#include <utility>

namespace inferlab {

namespace {

// Held runs beyond these are not worth the memory: the disk will not come back by itself.
constexpr size_t kMostHeld = 256;

} // namespace

HistoryThread::HistoryThread(const QString &file)
    : m_file(file)
    , m_thread([this] { loop(); })
{ }

HistoryThread::~HistoryThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void HistoryThread::post(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_all();
}

void HistoryThread::loop()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_quit || !m_jobs.empty(); });
        if (m_jobs.empty())
            break;
        {
            const Job job = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            job(*this);
        }
        lock.lock();
    }
    lock.unlock();
    leaveHeldBeside();
    m_store.reset(); // the connection belongs to this thread
}

HistoryStore &HistoryThread::store()
{
    if (!m_store) {
        m_store.emplace(m_file);
        m_notices += m_store->notices();
    }
    return *m_store;
}

QStringList HistoryThread::takeNotices()
{
    return std::exchange(m_notices, {});
}

int64_t HistoryThread::save(PreparedRun run)
{
    try {
        writeHeld();
        return write(run);
    } catch (...) {
        if (m_held.size() < kMostHeld)
            m_held.push_back(std::move(run));
        throw;
    }
}

int64_t HistoryThread::write(const PreparedRun &run)
{
    try {
        return store().add(run);
    } catch (const HistoryError &error) {
        if (error.problem() != HistoryProblem::Damaged || !m_store)
            throw;
    }
    // Damaged while it was open: opening it again finds that and begins a new one.
    m_store.reset();
    return store().add(run);
}

void HistoryThread::writeHeld()
{
    // One that the file never takes, because it is too large for example, is in no other's way.
    for (size_t i = 0; i < m_held.size();) {
        try {
            write(m_held[i]);
            m_held.erase(m_held.begin() + static_cast<std::ptrdiff_t>(i));
        } catch (const HistoryError &error) {
            if (error.problem() == HistoryProblem::Locked
                || error.problem() == HistoryProblem::ReadOnly)
                throw;
            ++i;
        }
    }
}

// The last chance: the file once more, then files of their own that the window opens.
void HistoryThread::leaveHeldBeside()
{
    try {
        writeHeld();
    } catch (const std::exception &error) {
        qWarning("%s", error.what());
    }
    if (m_held.empty())
        return;
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    for (size_t i = 0; i < m_held.size(); ++i) {
        const QString name = QStringLiteral("%1.unsaved-%2-%3.json").arg(m_file, stamp).arg(i + 1);
        const QByteArray json = qUncompress(m_held[i].record);
        QSaveFile file(name);
        if (file.open(QIODevice::WriteOnly) && file.write(json) == json.size() && file.commit())
            qWarning("A run that the history did not take is in %s", qPrintable(name));
        else
            qWarning("A run is lost: %s: %s", qPrintable(name), qPrintable(file.errorString()));
    }
}

} // namespace inferlab
