#include "history_store.h"

#include "engine/base/error.h"
#include "settings_columns.h"

#include <QDateTime>

namespace inferlab {

namespace {

// In the order in which rowOf() reads them.
QString listed()
{
    return QStringLiteral("id, began_ms, name, note, ending, output_tokens, ttft_p50_ms, "
                          "itl_p50_ms, output_tok_s, program, date, machine, model_name, "
                          "model_file, model_hash, quantisation, %1, "
                          "experiment_id, experiment_point, experiment_repeat, "
                          "(SELECT group_concat(tag, ',') FROM tags WHERE tags.run_id = runs.id)")
        .arg(settingColumnNames());
}

// Reads the columns of a row one after the other.
class RowReader
{
public:
    explicit RowReader(const QSqlQuery &query)
        : m_query(query)
    { }

    QVariant next() { return m_query.value(m_column++); }
    QString text() { return next().toString(); }
    std::string utf8() { return next().toString().toStdString(); }
    int64_t integer() { return next().toLongLong(); }
    int32_t small() { return next().toInt(); }
    std::optional<double> figure()
    {
        const QVariant value = next();
        return value.isNull() ? std::nullopt : std::optional(value.toDouble());
    }

private:
    const QSqlQuery &m_query;
    int m_column = 0;
};

Provenance provenanceFrom(RowReader &row)
{
    Provenance provenance;
    for (std::string *field :
         {&provenance.program, &provenance.date, &provenance.machine, &provenance.modelName,
          &provenance.modelFile, &provenance.modelHash, &provenance.quantisation})
        *field = row.utf8();
    return provenance;
}

HistoryRun rowOf(const QSqlQuery &query)
{
    RowReader row(query);
    HistoryRun run;
    run.id = row.integer();
    run.beganMs = row.integer();
    run.name = row.text();
    run.note = row.text();
    run.ending = static_cast<RunEnding>(row.small());
    run.outputTokens = row.integer();
    run.ttftP50Ms = row.figure();
    run.itlP50Ms = row.figure();
    run.outputTokPerSecond = row.figure();
    run.provenance = provenanceFrom(row);
    run.settings = settingsFromColumns([&row] { return row.next(); });
    const QVariant experiment = row.next();
    const int point = row.small();
    const int repeat = row.small();
    if (!experiment.isNull())
        run.place = ExperimentPlace {experiment.toString(), point, repeat};
    run.tags = tagsFromText(row.text());
    return run;
}

QString nameOfRun(int64_t id)
{
    return QStringLiteral("run %1 of the history").arg(id);
}

} // namespace

int64_t HistoryStore::add(const PreparedRun &run)
{
    int64_t id = 0;
    m_database.transaction([&] {
        const std::optional<int64_t> earlier = atSamePlace(run);
        id = earlier ? *earlier : insert(run);
        if (earlier)
            replace(id, run);
        m_database.run(
            QStringLiteral("INSERT OR REPLACE INTO records (run_id, record) VALUES (?, ?)"),
            {static_cast<qint64>(id), run.record});
    });
    return id;
}

// A program that was killed may have kept a run here and not yet counted it in the experiment's
// folder: then it is measured again.
std::optional<int64_t> HistoryStore::atSamePlace(const PreparedRun &run)
{
    if (!run.place)
        return std::nullopt;
    QSqlQuery query = m_database.run(
        QStringLiteral("SELECT id FROM runs WHERE experiment_id = ? AND experiment_point = ? AND "
                       "experiment_repeat = ?"),
        {run.place->experiment, run.place->point, run.place->repeat});
    return query.next() ? std::optional<int64_t>(query.value(0).toLongLong()) : std::nullopt;
}

int64_t HistoryStore::insert(const PreparedRun &run)
{
    QStringList names;
    QStringList marks;
    QVariantList values;
    for (const HistoryColumn &column : run.columns) {
        names << QLatin1String(column.name);
        marks << QStringLiteral("?");
        values << column.value;
    }
    const QString list = QStringLiteral(", ");
    return m_database
        .run(QStringLiteral("INSERT INTO runs (%1) VALUES (%2)")
                 .arg(names.join(list), marks.join(list)),
             values)
        .lastInsertId()
        .toLongLong();
}

// What the person wrote stays: name, tags and note.
void HistoryStore::replace(int64_t id, const PreparedRun &run)
{
    QStringList sets {QStringLiteral("deleted_ms = NULL")};
    QVariantList values;
    for (const HistoryColumn &column : run.columns) {
        const QLatin1String name(column.name);
        if (name == QLatin1String("name") || name == QLatin1String("own_words"))
            continue;
        sets << name + QStringLiteral(" = ?");
        values << column.value;
    }
    values << static_cast<qint64>(id);
    m_database.run(
        QStringLiteral("UPDATE runs SET %1 WHERE id = ?").arg(sets.join(QStringLiteral(", "))),
        values);
}

HistoryRows HistoryStore::list(const HistoryQuery &query)
{
    const HistorySql sql = historySql(query);
    HistoryRows page;
    QSqlQuery count = m_database.run(
        QStringLiteral("SELECT count(*) FROM runs WHERE %1").arg(sql.where), sql.values);
    if (count.next())
        page.total = count.value(0).toLongLong();
    QVariantList values = sql.values;
    values << static_cast<qint64>(query.limit) << static_cast<qint64>(query.offset);
    QSqlQuery rows =
        m_database.run(QStringLiteral("SELECT %1 FROM runs WHERE %2 ORDER BY %3 LIMIT ? OFFSET ?")
                           .arg(listed(), sql.where, sql.order),
                       values);
    while (rows.next())
        page.runs.push_back(rowOf(rows));
    return page;
}

std::optional<HistoryRun> HistoryStore::find(int64_t id)
{
    QSqlQuery query =
        m_database.run(QStringLiteral("SELECT %1 FROM runs WHERE id = ?").arg(listed()),
                       {static_cast<qint64>(id)});
    return query.next() ? std::optional(rowOf(query)) : std::nullopt;
}

RunRecord HistoryStore::record(int64_t id)
{
    QSqlQuery query = m_database.run(QStringLiteral("SELECT record FROM records WHERE run_id = ?"),
                                     {static_cast<qint64>(id)});
    if (!query.next())
        throw InputError(nameOfRun(id).toStdString(), {}, "a record", "none");
    return recordFromBlob(query.value(0).toByteArray(), nameOfRun(id));
}

void HistoryStore::rename(int64_t id, const QString &name)
{
    m_database.transaction([&] {
        m_database.run(QStringLiteral("UPDATE runs SET name = ? WHERE id = ?"),
                       {name, static_cast<qint64>(id)});
        refreshOwnWords(id);
    });
}

void HistoryStore::setNote(int64_t id, const QString &note)
{
    m_database.transaction([&] {
        m_database.run(QStringLiteral("UPDATE runs SET note = ? WHERE id = ?"),
                       {note, static_cast<qint64>(id)});
        refreshOwnWords(id);
    });
}

void HistoryStore::setTags(int64_t id, const QStringList &tags)
{
    m_database.transaction([&] {
        m_database.run(QStringLiteral("DELETE FROM tags WHERE run_id = ?"),
                       {static_cast<qint64>(id)});
        for (const QString &tag : tagsFromText(tags.join(QLatin1Char(',')))) {
            m_database.run(
                QStringLiteral("INSERT INTO tags (run_id, tag, folded) VALUES (?, ?, ?)"),
                {static_cast<qint64>(id), tag, tag.toCaseFolded()});
        }
        refreshOwnWords(id);
    });
}

QStringList HistoryStore::tagsOf(int64_t id)
{
    QStringList tags;
    QSqlQuery query = m_database.run(QStringLiteral("SELECT tag FROM tags WHERE run_id = ?"),
                                     {static_cast<qint64>(id)});
    while (query.next())
        tags << query.value(0).toString();
    return tags;
}

void HistoryStore::refreshOwnWords(int64_t id)
{
    QSqlQuery query = m_database.run(QStringLiteral("SELECT name, note FROM runs WHERE id = ?"),
                                     {static_cast<qint64>(id)});
    if (!query.next())
        return; // purged meanwhile
    const QString words = foldedWords(
        QStringList {query.value(0).toString(), query.value(1).toString()} + tagsOf(id));
    m_database.run(QStringLiteral("UPDATE runs SET own_words = ? WHERE id = ?"),
                   {words, static_cast<qint64>(id)});
}

void HistoryStore::remove(const std::vector<int64_t> &ids)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    m_database.transaction([&] {
        for (const int64_t id : ids)
            m_database.run(
                QStringLiteral(
                    "UPDATE runs SET deleted_ms = ? WHERE id = ? AND deleted_ms IS NULL"),
                {now, static_cast<qint64>(id)});
    });
}

void HistoryStore::restore(const std::vector<int64_t> &ids)
{
    m_database.transaction([&] {
        for (const int64_t id : ids)
            m_database.run(QStringLiteral("UPDATE runs SET deleted_ms = NULL WHERE id = ?"),
                           {static_cast<qint64>(id)});
    });
}

int64_t HistoryStore::purge(int64_t deletedBeforeMs)
{
    int64_t purged = 0;
    m_database.transaction([&] {
        purged = m_database
                     .run(QStringLiteral("DELETE FROM runs WHERE deleted_ms < ?"),
                          {static_cast<qint64>(deletedBeforeMs)})
                     .numRowsAffected();
    });
    if (purged > 0) {
        QSqlQuery pages = m_database.run(QStringLiteral("PRAGMA incremental_vacuum"));
        while (pages.next()) { // each step gives a page back
        }
    }
    return purged;
}

} // namespace inferlab
