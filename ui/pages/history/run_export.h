// Runs of the history into one file, in the background: read a few at a time, so that it can say
// how far it is and be stopped; written on a thread of its own.
#pragma once

#include "app/exchange/exchange.h"
#include "app/history/history.h"

#include <QObject>
#include <QString>
#include <cstdint>
#include <memory>
#include <vector>

class QThread;

namespace inferlab {

class RunExport : public QObject
{
    Q_OBJECT

public:
    // history must outlive it.
    RunExport(History &history, std::vector<int64_t> ids, QString file, ExchangeFormat format,
              QObject *parent = nullptr);
    ~RunExport() override; // stops it

    void start();
    void stop(); // no file is left, or the one that was there

    // Of the whole, 0 .. 1: reading is nine tenths of it.
    double share() const noexcept;

signals:
    void progressed();
    void written(int64_t runs); // those whose record could be read
    void failed(const QString &line);
    void stopped();

private:
    void readMore();
    void write();
    void writeFile();
    void finish();

    History &m_history;
    const std::vector<int64_t> m_ids;
    const QString m_file;
    const ExchangeFormat m_format;
    size_t m_asked = 0; // of m_ids
    bool m_stopped = false;
    std::vector<HistoryRecordPtr> m_runs;
    // The writer's, for when it has ended.
    bool m_isWritten = false;
    QString m_problem;
    std::unique_ptr<QThread> m_writer;
};

} // namespace inferlab
