// From one schema to the next, on a file of version 1 that an earlier program wrote: what came with
// version 2, and with migrations that a later version might bring, what is kept and what a failure
// leaves.
#include "app/history/history_database.h"
#include "app/history/history_schema.h"
#include "app/history/history_store.h"
#include "engine/measure/rich_record.h"

#include <QFile>
#include <QSqlDatabase>
#include <QSqlError>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <initializer_list>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr int kWaitMs = 10'000; // for another thread's migration

class OldFile
{
public:
    OldFile()
    {
        if (!QFile::copy(QStringLiteral(INFERLAB_FIXTURES "/history/version_1.sqlite"), path())
            || !QFile::setPermissions(path(), QFileDevice::ReadOwner | QFileDevice::WriteOwner))
            qFatal("cannot copy the history of version 1");
    }
    QString path() const { return m_folder.filePath(QStringLiteral("history.sqlite")); }

    // As version 1 kept it: its first run again, with this record and place.
    void addRun(int id, const QByteArray &record, const std::optional<ExperimentPlace> &place) const
    {
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), kRaw);
            database.setDatabaseName(path());
            if (!database.open())
                qFatal("%s", qPrintable(database.lastError().text()));
            QSqlQuery query(database);
            const auto run = [&query](const QString &sql, const QVariantList &values = {}) {
                query.prepare(sql);
                for (const QVariant &value : values)
                    query.addBindValue(value);
                if (!query.exec())
                    qFatal("%s", qPrintable(query.lastError().text()));
            };
            run(QStringLiteral("CREATE TEMP TABLE copy AS SELECT * FROM runs WHERE id = 1"));
            run(QStringLiteral("UPDATE copy SET id = ?, experiment_id = ?, experiment_point = ?, "
                               "experiment_repeat = ?"),
                {id, place ? QVariant(place->experiment) : QVariant(),
                 place ? QVariant(place->point) : QVariant(),
                 place ? QVariant(place->repeat) : QVariant()});
            run(QStringLiteral("INSERT INTO runs SELECT * FROM copy"));
            run(QStringLiteral("INSERT INTO records VALUES (?, ?)"), {id, record});
        }
        QSqlDatabase::removeDatabase(kRaw);
    }

private:
    inline static const QString kRaw = QStringLiteral("raw");
    QTemporaryDir m_folder;
};

std::atomic<int> timesAsked {0};

// What brought the file to this version is not asked again.
void past(HistoryDatabase &)
{
    throw std::logic_error("the file is past this version");
}

// A column that is computed from those that are there.
void toNext(HistoryDatabase &database)
{
    ++timesAsked;
    database.run(QStringLiteral("ALTER TABLE runs ADD COLUMN all_tokens INTEGER NOT NULL DEFAULT "
                                "0"));
    database.run(QStringLiteral("UPDATE runs SET all_tokens = prompt_tokens + output_tokens"));
}

// A table that moves, with the rows that hang on it.
void toOneAfter(HistoryDatabase &database)
{
    database.run(QStringLiteral("CREATE TABLE labels (run_id INTEGER NOT NULL REFERENCES runs(id) "
                                "ON DELETE CASCADE, label TEXT NOT NULL)"));
    database.run(QStringLiteral("INSERT INTO labels SELECT run_id, tag FROM tags"));
    database.run(QStringLiteral("DROP TABLE tags"));
}

void toOneAfterButFailing(HistoryDatabase &database)
{
    toOneAfter(database);
    database.run(QStringLiteral("UPDATE runs SET no_such_column = 1"));
}

// After the migrations that there are, which nobody may ask for.
std::vector<HistoryMigration> then(std::initializer_list<HistoryMigration> later)
{
    std::vector<HistoryMigration> all(kHistoryVersion, &past);
    all.insert(all.end(), later);
    return all;
}

const std::vector<HistoryMigration> kNext = then({&toNext});
const std::vector<HistoryMigration> kTwoMore = then({&toNext, &toOneAfter});
const std::vector<HistoryMigration> kFailing = then({&toNext, &toOneAfterButFailing});

QVariant value(HistoryDatabase &database, const char *sql)
{
    QSqlQuery query = database.run(QLatin1String(sql));
    return query.next() ? query.value(0) : QVariant();
}

// Everything that a person would miss.
QStringList contents(HistoryDatabase &database)
{
    QStringList rows;
    QSqlQuery query =
        database.run(QStringLiteral("SELECT id, name, note, seed, deleted_ms, experiment_id, "
                                    "hex(record) FROM runs JOIN records ON run_id = id "
                                    "ORDER BY id"));
    while (query.next()) {
        QStringList cells;
        for (int i = 0; i < 7; ++i)
            cells << query.value(i).toString();
        rows << cells.join(QLatin1Char('|'));
    }
    return rows;
}

} // namespace

class TestHistoryMigration : public QObject
{
    Q_OBJECT

private slots:
    void version1GetsItsSettingsFromTheRecords();
    void ofTwoRunsAtOnePlaceTheLastCounts();
    void anOldFileIsBroughtUpAndKeepsEverything();
    void whatFailsLeavesTheFileAsItWas();
    void aFileOfThisVersionIsLeftAlone();
    void twoWindowsMigrateOnce();
};

// What version 1 did not list was in the record all the time.
void TestHistoryMigration::version1GetsItsSettingsFromTheRecords()
{
    const OldFile old;
    RunRecord run = richRecord();
    run.settings.prompt = "a trap: \",\"requests\":[";
    old.addRun(10, prepareRun(run).record, {});
    old.addRun(11, "no record at all", {});
    HistoryStore store(old.path());
    QVERIFY2(store.notices().isEmpty(), qPrintable(store.notices().join(u'\n')));
    const RunSettings rich = store.find(10)->settings;
    QCOMPARE(rich.cacheType, DType::Q8_0);
    QVERIFY(rich.batchInvariant);
    QVERIFY(!rich.stepGraphs);
    for (const int64_t usual : {int64_t(1), int64_t(11)}) {
        const RunSettings settings = store.find(usual)->settings;
        QCOMPARE(settings.cacheType, DType::F16);
        QVERIFY(!settings.batchInvariant);
        QVERIFY(settings.stepGraphs);
    }
}

void TestHistoryMigration::ofTwoRunsAtOnePlaceTheLastCounts()
{
    const OldFile old;
    const QByteArray record = prepareRun(richRecord()).record;
    const ExperimentPlace place {QStringLiteral("batch 2026-01-31T10:00:00+01:00"), 3, 1};
    ExperimentPlace other = place;
    other.repeat = 2;
    old.addRun(10, record, place);
    old.addRun(11, record, other);
    old.addRun(12, record, place);
    HistoryStore store(old.path());
    QCOMPARE(store.list({}).total, int64_t(5)); // none is lost
    QVERIFY(!store.find(10)->place);
    QVERIFY(store.find(11)->place == other);
    QVERIFY(store.find(12)->place == place);
    QCOMPARE(store.add(richRecord(), place), int64_t(12)); // from now on in its stead
    QCOMPARE(store.list({}).total, int64_t(5));
}

void TestHistoryMigration::anOldFileIsBroughtUpAndKeepsEverything()
{
    const OldFile old;
    HistoryDatabase database(old.path());
    QCOMPARE(value(database, "PRAGMA user_version").toInt(), kHistoryVersion);
    const QStringList before = contents(database);
    QCOMPARE(before.size(), 3);
    migrateHistory(database, kTwoMore); // two versions at once
    QCOMPARE(value(database, "PRAGMA user_version").toInt(), kHistoryVersion + 2);
    QCOMPARE(contents(database), before);
    QCOMPARE(value(database,
                   "SELECT count(*) FROM runs WHERE all_tokens = prompt_tokens + "
                   "output_tokens AND all_tokens > 0")
                 .toInt(),
             3);
    QCOMPARE(value(database, "SELECT label FROM labels WHERE run_id = 2").toString(),
             QStringLiteral("Lecture 3"));
    QCOMPARE(value(database, "PRAGMA integrity_check").toString(), QStringLiteral("ok"));
    QVERIFY(!value(database, "PRAGMA foreign_key_check").isValid());
}

void TestHistoryMigration::whatFailsLeavesTheFileAsItWas()
{
    const OldFile old;
    {
        HistoryDatabase database(old.path());
        QVERIFY_EXCEPTION_THROWN(migrateHistory(database, kFailing), HistoryError);
        QCOMPARE(value(database, "PRAGMA user_version").toInt(), kHistoryVersion);
        QCOMPARE(value(database,
                       "SELECT count(*) FROM pragma_table_info('runs') WHERE name = "
                       "'all_tokens'")
                     .toInt(),
                 0);
        QCOMPARE(value(database, "SELECT tag FROM tags WHERE run_id = 2").toString(),
                 QStringLiteral("Lecture 3"));
    }
    HistoryStore store(old.path()); // and the program that wrote it goes on with it
    QVERIFY(store.notices().isEmpty());
    QCOMPARE(store.list({}).total, int64_t(2));
}

void TestHistoryMigration::aFileOfThisVersionIsLeftAlone()
{
    const OldFile old;
    HistoryDatabase database(old.path());
    migrateHistory(database, kNext);
    timesAsked = 0;
    migrateHistory(database, kNext);
    QCOMPARE(timesAsked.load(), 0);
    migrateHistory(database, kTwoMore); // from the middle
    QCOMPARE(timesAsked.load(), 0);
    QCOMPARE(value(database, "PRAGMA user_version").toInt(), kHistoryVersion + 2);
}

void TestHistoryMigration::twoWindowsMigrateOnce()
{
    const OldFile old;
    timesAsked = 0;
    std::atomic<int> ready {0};
    std::atomic<int> failed {0};
    const auto window = [&] {
        HistoryDatabase database(old.path(), kWaitMs);
        ++ready;
        while (ready < 2)
            std::this_thread::yield();
        try {
            migrateHistory(database, kNext);
        } catch (const HistoryError &) {
            ++failed;
        }
    };
    std::thread other(window);
    window();
    other.join();
    QCOMPARE(failed.load(), 0);
    QCOMPARE(timesAsked.load(), 1);
}

QTEST_GUILESS_MAIN(TestHistoryMigration)
#include "test_history_migration.moc"
