// Runs of the history page as files, and files as runs of it.
#include "engine/measure/record_json.h"
#include "history_page_fixture.h"
#include "ui/pages/history/run_export.h"

#include <QSignalSpy>
#include <algorithm>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;
using Fixture = HistoryPageFixture;

class TestHistoryExchange : public QObject
{
    Q_OBJECT

private slots:
    void runsGoOutAndComeInAgain();
    void whatCannotGoOutOrComeInIsSaid();
    void manyRunsGoOutInTheBackground();
    void anExportThatIsStoppedLeavesWhatWasThere();
};

void TestHistoryExchange::runsGoOutAndComeInAgain()
{
    Fixture fixture;
    fixture.keep({labelledRun("one"), labelledRun("two"), labelledRun("three")});
    fixture.page->mark({fixture.ids[0], fixture.ids[2]});
    QVERIFY(fixture.page->exportButton()->isEnabled());
    const QString file = fixture.folder.filePath(QStringLiteral("runs.json"));
    fixture.page->exportMarked(file, ExchangeFormat::InferLab);
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.page->bar()->line().startsWith(QStringLiteral("Exported 2 runs")), kPatienceMs);
    QCOMPARE(readRunsFile(file.toStdString()).size(), size_t(2));

    fixture.page->importFiles({file});
    QTRY_COMPARE_WITH_TIMEOUT(fixture.page->bar()->line(), QStringLiteral("Imported 2 runs"),
                              kPatienceMs);
    fixture.waitFor(5);
    QStringList names = fixture.names();
    names.sort();
    QCOMPARE(names,
             QStringList({QStringLiteral("one"), QStringLiteral("one"), QStringLiteral("three"),
                          QStringLiteral("three"), QStringLiteral("two")}));
    QVERIFY(fixture.page->importButton()->isEnabled());

    // vLLM's file holds one run, and comes in too.
    fixture.page->mark({fixture.ids[1]});
    const QString vllm = fixture.folder.filePath(QStringLiteral("vllm.json"));
    fixture.page->exportMarked(vllm, ExchangeFormat::Vllm);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(vllm), kPatienceMs);
    fixture.page->importFiles({vllm});
    fixture.waitFor(6);
}

void TestHistoryExchange::whatCannotGoOutOrComeInIsSaid()
{
    Fixture fixture;
    fixture.keep({labelledRun("one"), labelledRun("two")});
    fixture.page->mark(fixture.ids);
    fixture.page->exportMarked(QStringLiteral("/nowhere/at/all/runs.json"),
                               ExchangeFormat::InferLab);
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.page->bar()->line().startsWith(QStringLiteral("Not exported. /nowhere")),
        kPatienceMs);
    fixture.page->exportMarked(fixture.folder.filePath(QStringLiteral("v.json")),
                               ExchangeFormat::Vllm);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.page->bar()->line().contains(QStringLiteral("one run")),
                             kPatienceMs);

    // The good one of three comes in.
    const QString good = fixture.folder.filePath(QStringLiteral("good.json"));
    const QString cut = fixture.folder.filePath(QStringLiteral("cut.json"));
    const std::string json = runsToJson({labelledRun("three")});
    for (const auto &[path, text] :
         {std::pair {good, json}, std::pair {cut, json.substr(0, json.size() / 2)}}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(text));
    }
    fixture.page->importFiles({cut, good, fixture.folder.filePath(QStringLiteral("gone.json"))});
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.page->bar()->line().startsWith(QStringLiteral("Imported 1 run; not imported:")),
        kPatienceMs);
    QVERIFY(fixture.page->bar()->line().contains(QStringLiteral("cut.json")));
    QVERIFY(fixture.page->bar()->line().contains(QStringLiteral("gone.json")));
    fixture.waitFor(3);
}

void TestHistoryExchange::manyRunsGoOutInTheBackground()
{
    Fixture fixture;
    {
        HistoryStore store = fixture.store();
        for (int i = 0; i < 100; ++i)
            fixture.ids.push_back(store.add(labelledRun("run " + std::to_string(i))));
    }
    fixture.page->model()->refresh();
    fixture.waitFor(100);
    fixture.page->mark(fixture.ids);
    const QString file = fixture.folder.filePath(QStringLiteral("runs.json"));
    fixture.page->exportMarked(file, ExchangeFormat::InferLab);
    // It has only begun: the window goes on, and another one does not begin.
    QVERIFY(!QFile::exists(file));
    QCOMPARE(fixture.page->exportButton()->text(), QStringLiteral("Stop export, 0%"));
    fixture.page->exportMarked(fixture.folder.filePath(QStringLiteral("other.json")),
                               ExchangeFormat::InferLab);
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.page->bar()->line().startsWith(QStringLiteral("Exported 100 runs")), kPatienceMs);
    QCOMPARE(fixture.page->exportButton()->text(), QStringLiteral("Export…"));
    QCOMPARE(readRunsFile(file.toStdString()).size(), size_t(100));
    QVERIFY(!QFile::exists(fixture.folder.filePath(QStringLiteral("other.json"))));

    RunExport again(fixture.history, fixture.ids, file, ExchangeFormat::Aiperf);
    std::vector<double> shares;
    connect(&again, &RunExport::progressed, this, [&] { shares.push_back(again.share()); });
    QSignalSpy written(&again, &RunExport::written);
    again.start();
    QVERIFY(written.wait(kPatienceMs));
    QVERIFY(shares.size() > 3); // a few runs at a time
    QVERIFY(std::is_sorted(shares.begin(), shares.end()));
    QVERIFY(shares.front() < 0.5 && shares.back() <= 1);
}

void TestHistoryExchange::anExportThatIsStoppedLeavesWhatWasThere()
{
    Fixture fixture;
    fixture.keep({labelledRun("one"), labelledRun("two")});
    fixture.page->mark(fixture.ids);
    const QString path = fixture.folder.filePath(QStringLiteral("runs.json"));
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("mine");
    }
    fixture.page->exportMarked(path, ExchangeFormat::InferLab);
    fixture.page->table()->clearSelection(); // it can be stopped all the same
    QTest::mouseClick(fixture.page->exportButton(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.page->bar()->line(),
                              QStringLiteral("Export stopped: no file was written"), kPatienceMs);
    QVERIFY(!fixture.page->exportButton()->isEnabled());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("mine"));
    // And the next one goes through.
    fixture.page->mark(fixture.ids);
    fixture.page->exportMarked(path, ExchangeFormat::InferLab);
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.page->bar()->line().startsWith(QStringLiteral("Exported 2 runs")), kPatienceMs);
}

QTEST_MAIN(TestHistoryExchange)
#include "test_history_exchange.moc"
