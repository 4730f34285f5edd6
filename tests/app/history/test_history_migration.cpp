// From one schema to the next, with migrations that a later version might bring: on a file of
// version 1 that an earlier program wrote, what is kept, and what a failure leaves.
#include "app/history/history_database.h"
#include "app/history/history_schema.h"
#include "app/history/history_store.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

using namespace inferlab;

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

private:
    QTemporaryDir m_folder;
};

std::atomic<int> timesAsked {0};

void toVersion1(HistoryDatabase &)
{
    throw std::logic_error("the file is past version 1");
}

// A column that is computed from those that are there.
void toVersion2(HistoryDatabase &database)
{
    ++timesAsked;
    database.run(QStringLiteral("ALTER TABLE runs ADD COLUMN all_tokens INTEGER NOT NULL DEFAULT "
                                "0"));
    database.run(QStringLiteral("UPDATE runs SET all_tokens = prompt_tokens + output_tokens"));
}

// A table that moves, with the rows that hang on it.
void toVersion3(HistoryDatabase &database)
{
    database.run(QStringLiteral("CREATE TABLE labels (run_id INTEGER NOT NULL REFERENCES runs(id) "
                                "ON DELETE CASCADE, label TEXT NOT NULL)"));
    database.run(QStringLiteral("INSERT INTO labels SELECT run_id, tag FROM tags"));
    database.run(QStringLiteral("DROP TABLE tags"));
}

void toVersion3ButFailing(HistoryDatabase &database)
{
    toVersion3(database);
    database.run(QStringLiteral("UPDATE runs SET no_such_column = 1"));
}

constexpr std::array<HistoryMigration, 2> kTo2 {&toVersion1, &toVersion2};
constexpr std::array<HistoryMigration, 3> kTo3 {&toVersion1, &toVersion2, &toVersion3};
constexpr std::array<HistoryMigration, 3> kFailing {&toVersion1, &toVersion2,
                                                    &toVersion3ButFailing};

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
    void anOldFileIsBroughtUpAndKeepsEverything();
    void whatFailsLeavesTheFileAsItWas();
    void aFileOfThisVersionIsLeftAlone();
    void twoWindowsMigrateOnce();
};

void TestHistoryMigration::anOldFileIsBroughtUpAndKeepsEverything()
{
    const OldFile old;
    HistoryDatabase database(old.path());
    QCOMPARE(value(database, "PRAGMA user_version").toInt(), 1);
    const QStringList before = contents(database);
    QCOMPARE(before.size(), 3);
    migrateHistory(database, kTo3); // two versions at once
    QCOMPARE(value(database, "PRAGMA user_version").toInt(), 3);
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
        QCOMPARE(value(database, "PRAGMA user_version").toInt(), 1);
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
    migrateHistory(database, kTo2);
    timesAsked = 0;
    migrateHistory(database, kTo2);
    QCOMPARE(timesAsked.load(), 0);
    migrateHistory(database, kTo3); // from the middle
    QCOMPARE(timesAsked.load(), 0);
    QCOMPARE(value(database, "PRAGMA user_version").toInt(), 3);
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
            migrateHistory(database, kTo2);
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
