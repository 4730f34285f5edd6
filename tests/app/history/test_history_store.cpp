// The store: what is kept comes back, and the list shows what was asked for.
#include "app/history/history_store.h"
#include "engine/base/error.h"
#include "engine/measure/changed_settings.h"
#include "engine/measure/metrics.h"
#include "engine/measure/record_json.h"
#include "engine/measure/rich_record.h"
#include "engine/measure/settings_list.h"
#include "support/synthetic_run.h"

#include <QTemporaryDir>
#include <QTest>

using namespace inferlab;
using namespace inferlab::test;

namespace {

class Fixture
{
public:
    QString file() const { return folder.filePath(QStringLiteral("history.sqlite")); }
    QStringList names(const HistoryQuery &query)
    {
        QStringList names;
        for (const HistoryRun &run : store.list(query).runs)
            names << run.name;
        return names;
    }
    QStringList found(const QString &search) { return names({.search = search}); }

    QTemporaryDir folder;
    HistoryStore store {file()};
};

} // namespace

class TestHistoryStore : public QObject
{
    Q_OBJECT

private slots:
    void recordsComeBackBitForBit();
    void aRowSaysWhatTheRunWas();
    void everySettingButThePromptsIsInTheRow();
    void aRunMeasuredAgainTakesItsPlace();
    void figuresThatDoNotExistAreAbsent();
    void aListIsPaged();
    void sortingPutsMissingFiguresLast();
    void searchFindsWordsAnywhere_data();
    void searchFindsWordsAnywhere();
    void renamedRunsAreFoundByTheirNewName();
    void theBinCanBeUndone();
    void purgeTakesOnlyWhatIsInTheBin();
    void idsAreNeverUsedAgain();
    void aListReadsNoRecord();
};

void TestHistoryStore::recordsComeBackBitForBit()
{
    Fixture fixture;
    const std::vector<RunRecord> runs {richRecord(), stoppedRecord(), RunRecord {},
                                       makeSyntheticRun({.batch = 8, .newTokens = 200})};
    std::vector<int64_t> ids;
    for (const RunRecord &run : runs)
        ids.push_back(fixture.store.add(run));
    HistoryStore again(fixture.file());
    for (size_t i = 0; i < runs.size(); ++i)
        QCOMPARE(runsToJson({again.record(ids[i])}), runsToJson({runs[i]}));
    QVERIFY_EXCEPTION_THROWN(again.record(99), InputError);
}

void TestHistoryStore::aRowSaysWhatTheRunWas()
{
    Fixture fixture;
    const RunRecord run = richRecord();
    const int64_t id = fixture.store.add(run, ExperimentPlace {QStringLiteral("batch-7f"), 3, 1});
    const std::optional<HistoryRun> row = fixture.store.find(id);
    QVERIFY(row);
    QCOMPARE(row->name, QString::fromStdString(run.label));
    QCOMPARE(row->beganMs,
             QDateTime(QDate(2026, 11, 23), QTime(8, 12), Qt::UTC).toMSecsSinceEpoch());
    QCOMPARE(row->provenance.modelHash, run.provenance.modelHash);
    QCOMPARE(row->provenance.machine, run.provenance.machine);
    QCOMPARE(row->settings.device, run.settings.device);
    QCOMPARE(row->settings.scheduler, BatchPolicy::Continuous);
    QCOMPARE(row->settings.chunkTokens, 64);
    QCOMPARE(row->settings.sampling.temperature, 0.7f);
    QCOMPARE(row->settings.sampling.seed, run.settings.sampling.seed); // above 2^63
    QVERIFY(row->settings.prompt.empty());
    QVERIFY(row->ending == RunEnding::Done);
    QCOMPARE(row->outputTokens, int64_t(6));
    const RunMetrics metrics = computeMetrics(run);
    QCOMPARE(row->ttftP50Ms, std::optional(metrics.ttft->p50));
    QCOMPARE(row->itlP50Ms, std::optional(metrics.itl->p50));
    QCOMPARE(row->outputTokPerSecond, metrics.outputTokPerSecond);
    QVERIFY(row->place == (ExperimentPlace {QStringLiteral("batch-7f"), 3, 1}));
    QVERIFY(!fixture.store.find(id + 1));
}

void TestHistoryStore::everySettingButThePromptsIsInTheRow()
{
    Fixture fixture;
    for (const ChangedSettings &changed : changedSettings()) {
        RunRecord run;
        run.settings = changed.settings;
        RunSettings expected = changed.settings;
        expected.prompt.clear();
        expected.systemPrompt.clear();
        expected.promptPool.clear();
        const std::optional<HistoryRun> row = fixture.store.find(fixture.store.add(run));
        QVERIFY2(namedSettings(row->settings) == namedSettings(expected), changed.name.c_str());
    }
}

void TestHistoryStore::aRunMeasuredAgainTakesItsPlace()
{
    Fixture fixture;
    const ExperimentPlace place {QStringLiteral("batch 2026"), 0, 1};
    ExperimentPlace next = place;
    next.repeat = 2;
    const int64_t first = fixture.store.add(labelledRun("batch 1"), place);
    const int64_t other = fixture.store.add(labelledRun("batch 1"), next);
    fixture.store.rename(first, QStringLiteral("mine"));
    fixture.store.setTags(first, {QStringLiteral("kept")});
    fixture.store.remove({first});
    RunRecord again = labelledRun("batch 1", 4);
    QCOMPARE(fixture.store.add(again, place), first);
    QCOMPARE(fixture.store.list({}).total, int64_t(2)); // and out of the bin
    const std::optional<HistoryRun> row = fixture.store.find(first);
    QCOMPARE(row->name, QStringLiteral("mine"));
    QCOMPARE(row->tags, QStringList {QStringLiteral("kept")});
    QCOMPARE(row->settings.batch, 4);
    QCOMPARE(runsToJson({fixture.store.record(first)}), runsToJson({again}));
    QVERIFY(fixture.store.find(other)->place == next);
    QCOMPARE(fixture.found(QStringLiteral("mine")).size(), 1);
    // Without a place every run is one of its own.
    QVERIFY(fixture.store.add(again) != fixture.store.add(again));
}

void TestHistoryStore::figuresThatDoNotExistAreAbsent()
{
    Fixture fixture;
    const std::optional<HistoryRun> empty = fixture.store.find(fixture.store.add(RunRecord {}));
    QVERIFY(!empty->ttftP50Ms && !empty->itlP50Ms && !empty->outputTokPerSecond && !empty->place);
    const std::optional<HistoryRun> failed = fixture.store.find(fixture.store.add(stoppedRecord()));
    QVERIFY(failed->ending == RunEnding::Failed);
    RunRecord stopped = stoppedRecord();
    stopped.requests.erase(stopped.requests.begin() + 1);
    QVERIFY(fixture.store.find(fixture.store.add(stopped))->ending == RunEnding::Stopped);
}

void TestHistoryStore::aListIsPaged()
{
    Fixture fixture;
    for (int i = 0; i < 25; ++i)
        fixture.store.add(labelledRun("run " + std::to_string(i)));
    HistoryQuery query {.sort = HistorySort::Began, .descending = false, .limit = 10};
    QStringList all;
    for (query.offset = 0; query.offset < 30; query.offset += 10) {
        QCOMPARE(fixture.store.list(query).total, int64_t(25));
        all += fixture.names(query);
    }
    QCOMPARE(all.size(), 25);
    for (int i = 0; i < 25; ++i) // all began at one time: by id
        QCOMPARE(all[i], QStringLiteral("run %1").arg(i));
}

void TestHistoryStore::sortingPutsMissingFiguresLast()
{
    Fixture fixture;
    RunRecord none; // no request, so no figures
    none.label = "none";
    fixture.store.add(none);
    fixture.store.add(labelledRun("slow", 1, false));
    fixture.store.add(labelledRun("fast", 1, true));
    const QStringList rising {QStringLiteral("fast"), QStringLiteral("slow"),
                              QStringLiteral("none")};
    const QStringList falling {QStringLiteral("slow"), QStringLiteral("fast"),
                               QStringLiteral("none")};
    QCOMPARE(fixture.names({.sort = HistorySort::Itl, .descending = false}), rising);
    QCOMPARE(fixture.names({.sort = HistorySort::Itl, .descending = true}), falling);
    QCOMPARE(
        fixture.names({.sort = HistorySort::Name, .descending = false}),
        (QStringList {QStringLiteral("fast"), QStringLiteral("none"), QStringLiteral("slow")}));
}

void TestHistoryStore::searchFindsWordsAnywhere_data()
{
    QTest::addColumn<QString>("search");
    QTest::addColumn<QStringList>("expected");
    const QStringList all {QStringLiteral("Batch eight"), QStringLiteral("Größe")};
    const QStringList eight {all[0]};
    const QStringList size {all[1]};
    QTest::newRow("nothing") << QString() << all;
    QTest::newRow("blanks") << QStringLiteral("  ") << all;
    QTest::newRow("any case") << QStringLiteral("EIGHT") << eight;
    QTest::newRow("any alphabet") << QStringLiteral("GRÖßE") << size;
    QTest::newRow("part of a word") << QStringLiteral("eig") << eight;
    QTest::newRow("every word") << QStringLiteral("eight batch") << eight;
    QTest::newRow("not both") << QStringLiteral("eight größe") << QStringList();
    QTest::newRow("model") << QStringLiteral("smollm2") << all;
    QTest::newRow("prompt") << QStringLiteral("capital") << eight;
    QTest::newRow("tag as a word") << QStringLiteral("lecture") << size;
    QTest::newRow("note") << QStringLiteral("fan") << size;
    QTest::newRow("wildcards are letters") << QStringLiteral("%") << QStringList();
    QTest::newRow("quotes are letters") << QStringLiteral("' OR 1 --") << QStringList();
    QTest::newRow("batch:8") << QStringLiteral("batch:8") << eight;
    QTest::newRow("batch:1") << QStringLiteral("batch:1") << size;
    QTest::newRow("cache:off") << QStringLiteral("cache:off") << size;
    QTest::newRow("cache:on and a word") << QStringLiteral("cache:on eight") << eight;
    QTest::newRow("cache by type") << QStringLiteral("cache:Q8_0") << QStringList();
    QTest::newRow("cache of the usual type") << QStringLiteral("cache:f16") << eight;
    QTest::newRow("words within quotes are one") << QStringLiteral("\"batch eight\"") << eight;
    QTest::newRow("in this order") << QStringLiteral("\"eight batch\"") << QStringList();
    QTest::newRow("a quote not yet closed") << QStringLiteral("\"fan was") << size;
    QTest::newRow("no key within quotes") << QStringLiteral("\"batch:8\"") << QStringList();
    QTest::newRow("a tag of two words") << QStringLiteral("tag:\"slow one\"") << size;
    QTest::newRow("experiment by its name") << QStringLiteral("experiment:My") << eight;
    QTest::newRow("in any case") << QStringLiteral("Experiment:\"my sweep\"") << eight;
    QTest::newRow("experiment by its id")
        << experimentSearch(QStringLiteral("My sweep of \"a_b\" 2026-01-31T10:00:00+01:00"))
        << eight;
    QTest::newRow("a later one") << experimentSearch(
        QStringLiteral("My sweep of \"a_b\" 2026-01-31T10:00:01+01:00"))
                                 << QStringList();
    QTest::newRow("not in the middle") << QStringLiteral("experiment:sweep") << QStringList();
    QTest::newRow("no wildcard") << QStringLiteral("experiment:M_") << QStringList();
    QTest::newRow("device") << QStringLiteral("Device:CPU") << all;
    QTest::newRow("model key") << QStringLiteral("model:SmolLM2") << all;
    QTest::newRow("tag") << QStringLiteral("tag:lecture") << size;
    QTest::newRow("tag, in part") << QStringLiteral("tag:lect") << QStringList();
    QTest::newRow("no such key") << QStringLiteral("speed:1") << QStringList();
    QTest::newRow("key not yet typed to its end") << QStringLiteral("batch:") << QStringList();
}

void TestHistoryStore::searchFindsWordsAnywhere()
{
    QFETCH(const QString, search);
    QFETCH(const QStringList, expected);
    Fixture fixture;
    fixture.store.add(
        labelledRun("Batch eight", 8),
        ExperimentPlace {QStringLiteral("My sweep of \"a_b\" 2026-01-31T10:00:00+01:00"), 0, 0});
    RunRecord second = labelledRun("Größe", 1, false);
    second.settings.prompt = "Why?";
    const int64_t id = fixture.store.add(second);
    fixture.store.setTags(id, {QStringLiteral("Lecture"), QStringLiteral("slow  one")});
    fixture.store.setNote(id, QStringLiteral("The fan was loud"));
    const HistoryQuery query {.search = search, .sort = HistorySort::Began, .descending = false};
    QCOMPARE(fixture.names(query), expected);
    QCOMPARE(fixture.store.list(query).total, int64_t(expected.size()));
}

void TestHistoryStore::renamedRunsAreFoundByTheirNewName()
{
    Fixture fixture;
    const int64_t id = fixture.store.add(labelledRun("before"));
    fixture.store.rename(id, QStringLiteral("After"));
    fixture.store.setTags(
        id,
        {QStringLiteral("b"), QStringLiteral(" a "), QStringLiteral("b"), QStringLiteral("c, d")});
    const std::optional<HistoryRun> row = fixture.store.find(id);
    QCOMPARE(row->name, QStringLiteral("After"));
    QCOMPARE(row->tags,
             (QStringList {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"),
                           QStringLiteral("d")}));
    QCOMPARE(fixture.found(QStringLiteral("after")).size(), 1);
    fixture.store.setTags(id, {});
    QVERIFY(fixture.store.find(id)->tags.isEmpty());
    QVERIFY(fixture.found(QStringLiteral("tag:a")).isEmpty());
    QCOMPARE(fixture.store.record(id).label, std::string("before")); // the record is what it was
}

void TestHistoryStore::theBinCanBeUndone()
{
    Fixture fixture;
    const int64_t a = fixture.store.add(labelledRun("a"));
    const int64_t b = fixture.store.add(labelledRun("b"));
    fixture.store.setTags(a, {QStringLiteral("kept")});
    fixture.store.remove({a, b});
    QCOMPARE(fixture.store.list({}).total, int64_t(0));
    QCOMPARE(fixture.store.list({.deleted = true}).total, int64_t(2));
    fixture.store.restore({a});
    QCOMPARE(fixture.names({}), QStringList {QStringLiteral("a")});
    QCOMPARE(fixture.store.find(a)->tags, QStringList {QStringLiteral("kept")});
    QCOMPARE(fixture.store.record(a).label, std::string("a"));
}

void TestHistoryStore::purgeTakesOnlyWhatIsInTheBin()
{
    Fixture fixture;
    const int64_t a = fixture.store.add(labelledRun("a"));
    const int64_t b = fixture.store.add(labelledRun("b"));
    fixture.store.setTags(a, {QStringLiteral("gone")});
    fixture.store.remove({a});
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    QCOMPARE(fixture.store.purge(now - 60'000), int64_t(0)); // too fresh
    QCOMPARE(fixture.store.purge(now + 60'000), int64_t(1));
    QVERIFY(!fixture.store.find(a));
    QVERIFY_EXCEPTION_THROWN(fixture.store.record(a), InputError);
    QVERIFY(fixture.found(QStringLiteral("tag:gone")).isEmpty());
    QCOMPARE(fixture.store.record(b).label, std::string("b"));
}

void TestHistoryStore::idsAreNeverUsedAgain()
{
    Fixture fixture;
    const int64_t first = fixture.store.add(labelledRun("a"));
    fixture.store.remove({first});
    fixture.store.purge(QDateTime::currentMSecsSinceEpoch() + 60'000);
    QVERIFY(fixture.store.add(labelledRun("b")) > first);
}

// The plan says so: the table of records is in none of them, and no order is sorted by hand.
void TestHistoryStore::aListReadsNoRecord()
{
    Fixture fixture;
    for (int i = 0; i < 50; ++i)
        fixture.store.add(labelledRun("run"));
    HistoryDatabase database(fixture.file());
    for (const HistorySort sort :
         {HistorySort::Began, HistorySort::Name, HistorySort::Model, HistorySort::Device,
          HistorySort::Batch, HistorySort::KvCache, HistorySort::Ttft, HistorySort::Itl,
          HistorySort::TokPerSecond}) {
        for (const bool descending : {false, true}) {
            const HistorySql sql = historySql({.sort = sort, .descending = descending});
            QSqlQuery plan = database.run(
                QStringLiteral("EXPLAIN QUERY PLAN SELECT * FROM runs WHERE %1 ORDER BY %2")
                    .arg(sql.where, sql.order));
            QString text;
            while (plan.next())
                text += plan.value(3).toString() + QLatin1Char('\n');
            QVERIFY2(text.contains(QStringLiteral("USING INDEX")), qPrintable(text));
            QVERIFY2(!text.contains(QStringLiteral("TEMP B-TREE")), qPrintable(text));
            QVERIFY2(!text.contains(QStringLiteral("records")), qPrintable(text));
        }
    }
}

QTEST_GUILESS_MAIN(TestHistoryStore)
#include "test_history_store.moc"
