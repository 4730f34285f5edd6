// The history as the program uses it: a database on a thread of its own, so that neither the window
// nor the engine's thread ever waits for a list, and a run is on disk when save() returns.
//
// Where the file cannot be used the program goes on: each request tries it anew, failed() says why,
// and runs that could not be written are held in memory, tried again with the next one and at the
// end, and then written beside the file.
#pragma once

#include "app/history/history_error.h"
#include "app/history/history_query.h"
#include "app/history/history_run.h"

#include <QObject>
#include <functional>
#include <memory>

namespace inferlab {

using HistoryRecordPtr = std::shared_ptr<const RunRecord>;

// Whether a history may be opened there: nothing, an empty file, or a database. False for a file of
// another kind, which nobody wants to see kept aside as damaged.
bool mayBeHistory(const QString &file);

class History : public QObject
{
    Q_OBJECT

public:
    // Opens the file in the background. Runs in the bin for longer than kBinDays go then.
    explicit History(const QString &file, QObject *parent = nullptr);
    ~History() override; // does first what was asked for
    History(const History &) = delete;
    History &operator=(const History &) = delete;

    static constexpr int kBinDays = 30;

    // From any thread. The id of the run that is now on disk. Throws HistoryError when it is not:
    // the run is held.
    int64_t save(const RunRecord &run, const std::optional<ExperimentPlace> &place = {});

    // From the thread that made this. Answers come there too, in the order of the questions, and
    // not at all where the receiver is gone or the file could not be used (failed() says so).
    void list(const HistoryQuery &query, QObject *receiver,
              std::function<void(const HistoryRows &)> answer);
    // Those whose record could be read; failed() for each of the others.
    void open(const std::vector<int64_t> &ids, QObject *receiver,
              std::function<void(const std::vector<HistoryRecordPtr> &)> answer);
    void rename(int64_t id, const QString &name);
    void setNote(int64_t id, const QString &note);
    void setTags(int64_t id, const QStringList &tags);
    void remove(const std::vector<int64_t> &ids); // into the bin
    void restore(const std::vector<int64_t> &ids);

signals:
    void changed();                    // a run came or went, or its name, tags or note changed
    void noticed(const QString &line); // about the file, once: damaged, newer, read-only
    void failed(const QString &line);  // what was asked for was not done

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace inferlab
