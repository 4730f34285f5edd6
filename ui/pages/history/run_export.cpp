#include "run_export.h"

#include "ui/charts/chart_export.h"

#include <QThread>
#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace inferlab {

namespace {

constexpr size_t kTogether = 16; // records of one question: some megabytes
constexpr double kReadingShare = 0.9;

} // namespace

// On the writer's thread. Interrupted, it writes nothing.
void RunExport::writeFile()
{
    const auto interrupted = [] { return QThread::currentThread()->isInterruptionRequested(); };
    try {
        std::vector<RunRecord> runs;
        runs.reserve(m_runs.size());
        for (const HistoryRecordPtr &record : m_runs) {
            if (interrupted())
                return;
            runs.push_back(*record);
        }
        const std::string text = writeRuns(runs, m_format);
        if (interrupted())
            return;
        writeWhole(m_file, QByteArray::fromStdString(text));
        m_isWritten = true;
    } catch (const std::bad_alloc &) {
        m_problem = tr("%1: too large for the memory that is free: mark fewer runs").arg(m_file);
    } catch (const std::exception &error) {
        m_problem = QString::fromUtf8(error.what());
    }
}

RunExport::RunExport(History &history, std::vector<int64_t> ids, QString file,
                     ExchangeFormat format, QObject *parent)
    : QObject(parent)
    , m_history(history)
    , m_ids(std::move(ids))
    , m_file(std::move(file))
    , m_format(format)
{ }

RunExport::~RunExport()
{
    if (m_writer != nullptr) {
        m_writer->requestInterruption();
        m_writer->wait();
    }
}

void RunExport::start()
{
    readMore();
}

void RunExport::stop()
{
    m_stopped = true;
    if (m_writer != nullptr)
        m_writer->requestInterruption();
    else
        emit stopped(); // an answer of the history may never come
}

double RunExport::share() const noexcept
{
    return m_ids.empty()
        ? 1.0
        : kReadingShare * static_cast<double>(m_asked) / static_cast<double>(m_ids.size());
}

void RunExport::readMore()
{
    if (m_asked == m_ids.size()) {
        write();
        return;
    }
    const size_t end = std::min(m_asked + kTogether, m_ids.size());
    const auto first = m_ids.begin() + static_cast<std::ptrdiff_t>(m_asked);
    const std::vector<int64_t> some(first, m_ids.begin() + static_cast<std::ptrdiff_t>(end));
    m_history.open(some, this, [this, end](const std::vector<HistoryRecordPtr> &records) {
        if (m_stopped)
            return;
        m_runs.insert(m_runs.end(), records.begin(), records.end());
        m_asked = end;
        emit progressed();
        readMore();
    });
}

void RunExport::write()
{
    m_writer.reset(QThread::create([this] { writeFile(); }));
    connect(m_writer.get(), &QThread::finished, this, &RunExport::finish);
    m_writer->start();
}

void RunExport::finish()
{
    m_writer->wait();
    if (m_isWritten)
        emit written(static_cast<int64_t>(m_runs.size()));
    else if (m_stopped)
        emit stopped();
    else
        emit failed(m_problem);
}

} // namespace inferlab
