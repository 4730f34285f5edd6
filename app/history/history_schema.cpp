#include "history_schema.h"

#include "history_database.h"
#include "prepared_run.h"

#include <string_view>
#include <vector>

namespace inferlab {

namespace {

int number(HistoryDatabase &database, const QString &pragma)
{
    QSqlQuery query = database.run(pragma);
    return query.next() ? query.value(0).toInt() : 0;
}

// Records have a table of their own, so that a list never reads past them.
constexpr const char *kVersion1[] = {
    R"(CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        began_ms INTEGER NOT NULL,
        deleted_ms INTEGER,
        name TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        own_words TEXT NOT NULL,
        run_words TEXT NOT NULL,
        program TEXT NOT NULL,
        date TEXT NOT NULL,
        machine TEXT NOT NULL,
        model_name TEXT NOT NULL,
        model_file TEXT NOT NULL,
        model_hash TEXT NOT NULL,
        quantisation TEXT NOT NULL,
        device TEXT NOT NULL,
        threads INTEGER NOT NULL,
        kv_cache INTEGER NOT NULL,
        batch INTEGER NOT NULL,
        scheduler TEXT NOT NULL,
        padding INTEGER NOT NULL,
        chunk_tokens INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        concurrency INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        context_tokens INTEGER NOT NULL,
        max_new_tokens INTEGER NOT NULL,
        ignore_end INTEGER NOT NULL,
        chat INTEGER NOT NULL,
        temperature REAL NOT NULL,
        top_k INTEGER NOT NULL,
        top_p REAL NOT NULL,
        min_p REAL NOT NULL,
        repetition_penalty REAL NOT NULL,
        seed INTEGER NOT NULL,
        ending INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        ttft_p50_ms REAL,
        itl_p50_ms REAL,
        output_tok_s REAL,
        experiment_id TEXT,
        experiment_point INTEGER,
        experiment_repeat INTEGER))",
    R"(CREATE TABLE records (
        run_id INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
        record BLOB NOT NULL))",
    R"(CREATE TABLE tags (
        run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        tag TEXT NOT NULL,
        folded TEXT NOT NULL,
        PRIMARY KEY (run_id, tag)) WITHOUT ROWID)",
    "CREATE INDEX tags_by_folded ON tags(folded)",
    "CREATE INDEX runs_by_began ON runs(began_ms, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_name ON runs(name COLLATE NOCASE, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_model ON runs(model_name COLLATE NOCASE, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_device ON runs(device, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_batch ON runs(batch, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_cache ON runs(kv_cache, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_ttft ON runs(ttft_p50_ms, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_itl ON runs(itl_p50_ms, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_tok_s ON runs(output_tok_s, id) WHERE deleted_ms IS NULL",
    "CREATE INDEX runs_by_experiment ON runs(experiment_id, experiment_point) "
    "WHERE experiment_id IS NOT NULL",
};

void toVersion1(HistoryDatabase &database)
{
    for (const char *statement : kVersion1)
        database.run(QString::fromLatin1(statement));
    database.run(QStringLiteral("PRAGMA application_id = %1").arg(kHistoryApplication));
}

// Settings that version 1 left to the record alone, as they usually are.
constexpr const char *kNewColumns[] = {
    "ALTER TABLE runs ADD COLUMN cache_type TEXT NOT NULL DEFAULT 'F16'",
    "ALTER TABLE runs ADD COLUMN batch_invariant INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN step_graphs INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE runs ADD COLUMN least_new_tokens INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN round INTEGER NOT NULL DEFAULT 0",
};

// Of several runs at one place of an experiment the last one counts. The others stay as runs of
// their own: they were measured.
constexpr const char *kOnePlaceEach[] = {
    R"(UPDATE runs SET experiment_id = NULL, experiment_point = NULL, experiment_repeat = NULL
       WHERE experiment_id IS NOT NULL AND EXISTS (SELECT 1 FROM runs AS later
         WHERE later.id > runs.id AND later.experiment_id = runs.experiment_id
           AND later.experiment_point = runs.experiment_point
           AND later.experiment_repeat = runs.experiment_repeat))",
    "DROP INDEX runs_by_experiment",
    "CREATE UNIQUE INDEX runs_by_experiment ON "
    "runs(experiment_id, experiment_point, experiment_repeat) WHERE experiment_id IS NOT NULL",
};

std::vector<qint64> recordIds(HistoryDatabase &database)
{
    std::vector<qint64> ids;
    QSqlQuery query = database.run(QStringLiteral("SELECT run_id FROM records"));
    while (query.next())
        ids.push_back(query.value(0).toLongLong());
    return ids;
}

void fillFromRecord(HistoryDatabase &database, qint64 id)
{
    QSqlQuery query =
        database.run(QStringLiteral("SELECT record FROM records WHERE run_id = ?"), {id});
    if (!query.next())
        return;
    const std::optional<RunSettings> settings = settingsOfBlob(query.value(0).toByteArray());
    if (!settings) // it is damaged: opening the run says so
        return;
    const std::string_view type = dtypeInfo(settings->cacheType).name;
    database.run(
        QStringLiteral("UPDATE runs SET cache_type = ?, batch_invariant = ?, step_graphs = ?, "
                       "least_new_tokens = ?, round = ? WHERE id = ?"),
        {QString::fromUtf8(type.data(), static_cast<qsizetype>(type.size())),
         settings->batchInvariant ? 1 : 0, settings->stepGraphs ? 1 : 0, settings->leastNewTokens,
         settings->round, id});
}

void toVersion2(HistoryDatabase &database)
{
    for (const char *statement : kNewColumns)
        database.run(QString::fromLatin1(statement));
    for (const qint64 id : recordIds(database))
        fillFromRecord(database, id);
    for (const char *statement : kOnePlaceEach)
        database.run(QString::fromLatin1(statement));
}

} // namespace

const std::array<HistoryMigration, kHistoryVersion> &historyMigrations()
{
    static constexpr std::array<HistoryMigration, kHistoryVersion> kMigrations {&toVersion1,
                                                                                &toVersion2};
    return kMigrations;
}

int historyVersionOf(HistoryDatabase &database)
{
    // In this order: a file that another window has just begun has its mark before it has tables
    // that this one sees.
    const int tables = number(database, QStringLiteral("SELECT count(*) FROM sqlite_master"));
    const int application = number(database, QStringLiteral("PRAGMA application_id"));
    if (application != kHistoryApplication && tables > 0)
        throw HistoryError(HistoryProblem::Other, database.file(),
                           QStringLiteral("a database of another program, left as it is"));
    return number(database, QStringLiteral("PRAGMA user_version"));
}

void checkHistoryTables(HistoryDatabase &database)
{
    for (const char *table : {"runs", "tags"}) {
        QSqlQuery there = database.run(
            QStringLiteral("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"),
            {QString::fromLatin1(table)});
        if (!there.next())
            continue; // a new file
        QSqlQuery check =
            database.run(QStringLiteral("PRAGMA integrity_check(%1)").arg(QLatin1String(table)));
        const QString found = check.next() ? check.value(0).toString() : QString();
        if (found != QLatin1String("ok"))
            throw HistoryError(HistoryProblem::Damaged, database.file(), found);
    }
}

void migrateHistory(HistoryDatabase &database, std::span<const HistoryMigration> migrations)
{
    const auto target = static_cast<int>(migrations.size());
    if (number(database, QStringLiteral("PRAGMA user_version")) == target)
        return;
    database.transaction([&] {
        // Read again under the lock: another window may have been faster.
        int version = number(database, QStringLiteral("PRAGMA user_version"));
        for (; version < target; ++version)
            migrations[static_cast<size_t>(version)](database);
        database.run(QStringLiteral("PRAGMA user_version = %1").arg(target));
    });
}

} // namespace inferlab
