#include "history_schema.h"

#include "history_database.h"

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

} // namespace

const std::array<HistoryMigration, kHistoryVersion> &historyMigrations()
{
    static constexpr std::array<HistoryMigration, kHistoryVersion> kMigrations {&toVersion1};
    return kMigrations;
}

int historyVersionOf(HistoryDatabase &database)
{
    const int application = number(database, QStringLiteral("PRAGMA application_id"));
    const int tables = number(database, QStringLiteral("SELECT count(*) FROM sqlite_master"));
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
