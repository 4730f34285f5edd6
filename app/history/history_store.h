// The runs on disk, as one thread sees them: kept, listed, named, put into the bin. Every function
// throws HistoryError where the file does not let it; then nothing has changed.
#pragma once

#include "app/history/history_database.h"
#include "app/history/history_query.h"
#include "app/history/history_run.h"
#include "app/history/prepared_run.h"

#include <vector>

namespace inferlab {

class HistoryStore
{
public:
    explicit HistoryStore(const QString &file, int busyMs = 2000)
        : m_database(file, busyMs)
    { }

    // What the person should know about the file; see HistoryDatabase.
    const QStringList &notices() const noexcept { return m_database.notices(); }
    QString file() const { return m_database.file(); }
    bool isReadOnly() const noexcept { return m_database.isReadOnly(); }

    // Its id, never used before. Where there is a run of the same experiment, point and repeat, it
    // takes that one's place and id; name, tags and note stay.
    int64_t add(const PreparedRun &run);
    int64_t add(const RunRecord &run, const std::optional<ExperimentPlace> &place = {})
    {
        return add(prepareRun(run, place));
    }

    // No record is read for a list.
    HistoryRows list(const HistoryQuery &query);
    std::optional<HistoryRun> find(int64_t id);
    // Throws InputError too: a record that is missing or damaged.
    RunRecord record(int64_t id);

    void rename(int64_t id, const QString &name);
    void setNote(int64_t id, const QString &note);
    void setTags(int64_t id, const QStringList &tags);

    // Into the bin and out of it; all or none.
    void remove(const std::vector<int64_t> &ids);
    void restore(const std::vector<int64_t> &ids);
    // Those that went into the bin before that time (milliseconds since 1970 UTC), for good.
    // Returns how many.
    int64_t purge(int64_t deletedBeforeMs);

private:
    std::optional<int64_t> atSamePlace(const PreparedRun &run);
    int64_t insert(const PreparedRun &run);
    void replace(int64_t id, const PreparedRun &run);
    void refreshOwnWords(int64_t id);
    QStringList tagsOf(int64_t id);

    HistoryDatabase m_database;
};

} // namespace inferlab
