// The history page: what it lists, how it filters and sorts, and what it says where it cannot.
#include "history_page_fixture.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QSet>
#include <utility>

using namespace inferlab;
using namespace inferlab::test;
using Fixture = HistoryPageFixture;

class TestHistoryPage : public QObject
{
    Q_OBJECT

private slots:
    void theModelKeepsQtsRules();
    void anEmptyHistoryTeaches();
    void withoutAHistoryItSaysSo();
    void typingFilters();
    void columnsSort();
    void headingsAreWhole();
    void longListsComeInPages();
    void newRunsAppearAndTheMarkStays();
    void aFileThatCannotBeUsedIsSaid();
    void escapeLeavesTheNearestThing();
    void runsOfAnExperimentSayWhich();
    void theRunsOfOneExperimentAreListed();
};

void TestHistoryPage::theModelKeepsQtsRules()
{
    const QTemporaryDir folder;
    History history(folder.filePath(QStringLiteral("history.sqlite")));
    HistoryModel model(history);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto waitFor = [&model](int rows) {
        return QTest::qWaitFor([&] { return model.isLoaded() && model.rowCount() == rows; },
                               kPatienceMs);
    };
    QVERIFY(waitFor(0));
    std::vector<int64_t> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(history.save(labelledRun("run-" + std::to_string(i))));
    QVERIFY(waitFor(5));
    model.sort(HistoryModel::Name, Qt::AscendingOrder);
    model.setSearch(QStringLiteral("RUN-3"));
    QVERIFY(waitFor(1));
    model.setSearch({});
    history.rename(ids[0], QStringLiteral("other"));
    history.remove({ids[1], ids[2]});
    QVERIFY(waitFor(3));
    history.restore(ids);
    QVERIFY(waitFor(5));
    QCOMPARE(model.data(model.index(0, HistoryModel::Name)).toString(), QStringLiteral("other"));
    QVERIFY(!model.data(model.index(0, HistoryModel::Ttft)).toString().isEmpty());
    QVERIFY(!model.data(model.index(5, 0)).isValid());
}

void TestHistoryPage::anEmptyHistoryTeaches()
{
    Fixture fixture;
    QTRY_COMPARE_WITH_TIMEOUT(fixture.page->emptyText(), QStringLiteral("No runs yet"),
                              kPatienceMs);
    QVERIFY(!fixture.page->openButton()->isEnabled());
    fixture.keep({labelledRun("first")});
    QTRY_VERIFY_WITH_TIMEOUT(fixture.page->emptyText().isEmpty(), kPatienceMs);
}

void TestHistoryPage::withoutAHistoryItSaysSo()
{
    const ThemeController theme(*qApp, [] { return false; });
    HistoryPage page(nullptr);
    QCOMPARE(page.emptyText(), QStringLiteral("No history is kept"));
    QVERIFY(page.marked().empty());
    page.deleteMarked();
    page.openMarked();
}

void TestHistoryPage::typingFilters()
{
    Fixture fixture;
    fixture.keep({labelledRun("alpha", 8), labelledRun("beta", 1, false), labelledRun("gamma")});
    fixture.page->table()->setFocus();
    QTest::keyClicks(fixture.page->table(), QStringLiteral("b")); // goes into the filter
    QTest::keyClicks(fixture.page->searchField(), QStringLiteral("atch:8"));
    QCOMPARE(fixture.page->searchField()->text(), QStringLiteral("batch:8"));
    fixture.waitFor(1);
    QCOMPARE(fixture.names(), QStringList {QStringLiteral("alpha")});
    fixture.page->setSearch(QStringLiteral("nowhere"));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.page->emptyText(), QStringLiteral("No run matches"),
                              kPatienceMs);
    fixture.page->setSearch({});
    fixture.waitFor(3);
    QVERIFY(fixture.page->emptyText().isEmpty());
}

void TestHistoryPage::columnsSort()
{
    Fixture fixture;
    fixture.keep({labelledRun("b", 8), labelledRun("c", 1), labelledRun("a", 4)});
    fixture.page->table()->sortByColumn(HistoryModel::Batch, Qt::AscendingOrder);
    QTRY_COMPARE_WITH_TIMEOUT(
        fixture.names(),
        (QStringList {QStringLiteral("c"), QStringLiteral("a"), QStringLiteral("b")}), kPatienceMs);
    fixture.page->table()->sortByColumn(HistoryModel::Name, Qt::AscendingOrder);
    QTRY_COMPARE_WITH_TIMEOUT(
        fixture.names(),
        (QStringList {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}), kPatienceMs);
}

void TestHistoryPage::headingsAreWhole()
{
    Fixture fixture;
    const QTableView *table = fixture.page->table();
    QFont bold = table->horizontalHeader()->font();
    bold.setWeight(QFont::DemiBold);
    for (int column = 0; column < HistoryModel::ColumnCount; ++column) {
        const QString text = table->model()->headerData(column, Qt::Horizontal).toString();
        QVERIFY(!text.isEmpty());
        QVERIFY2(table->columnWidth(column) >= QFontMetrics(bold).horizontalAdvance(text) + 12,
                 qPrintable(text));
    }
}

void TestHistoryPage::longListsComeInPages()
{
    Fixture fixture;
    HistoryStore store = fixture.store();
    const PreparedRun run = prepareRun(labelledRun("one of many"));
    constexpr int64_t kRuns = HistoryModel::kPage * 2 + 10;
    for (int64_t i = 0; i < kRuns; ++i)
        store.add(run);
    fixture.page->model()->refresh();
    fixture.waitFor(kRuns);
    QCOMPARE(int64_t(fixture.page->model()->rowCount()), HistoryModel::kPage);
    fixture.page->table()->scrollToBottom();
    QTRY_COMPARE_WITH_TIMEOUT(int64_t(fixture.page->model()->rowCount()), HistoryModel::kPage * 2,
                              kPatienceMs);
    fixture.page->table()->scrollToBottom();
    QTRY_COMPARE_WITH_TIMEOUT(int64_t(fixture.page->model()->rowCount()), kRuns, kPatienceMs);
    QSet<int64_t> seen;
    for (int row = 0; row < fixture.page->model()->rowCount(); ++row)
        seen.insert(fixture.page->model()->run(row).id);
    QCOMPARE(int64_t(seen.size()), kRuns); // none twice
}

void TestHistoryPage::newRunsAppearAndTheMarkStays()
{
    Fixture fixture;
    fixture.keep({labelledRun("a"), labelledRun("b")});
    fixture.page->mark({fixture.ids[0]});
    fixture.keep({labelledRun("c")});
    QCOMPARE(fixture.page->marked(), std::vector<int64_t> {fixture.ids[0]});
    QCOMPARE(fixture.names().front(), QStringLiteral("c"));
}

void TestHistoryPage::aFileThatCannotBeUsedIsSaid()
{
    const ThemeController theme(*qApp, [] { return false; });
    const QTemporaryDir folder;
    QFile taken(folder.filePath(QStringLiteral("taken")));
    QVERIFY(taken.open(QIODevice::WriteOnly));
    History history(folder.filePath(QStringLiteral("taken/history.sqlite")));
    HistoryPage page(&history);
    QTRY_VERIFY_WITH_TIMEOUT(page.bar()->line().contains(QStringLiteral("taken")), kPatienceMs);
}

void TestHistoryPage::escapeLeavesTheNearestThing()
{
    Fixture fixture;
    fixture.keep({labelledRun("one"), labelledRun("two")});
    fixture.page->setSearch(QStringLiteral("one"));
    fixture.waitFor(1);
    fixture.page->mark({fixture.ids[0]});
    fixture.page->showError(QStringLiteral("a line"));
    fixture.page->searchField()->setFocus();
    QTest::keyClick(fixture.page->searchField(), Qt::Key_Escape);
    QVERIFY(fixture.page->bar()->isHidden());
    QTest::keyClick(fixture.page->searchField(), Qt::Key_Escape);
    QVERIFY(fixture.page->searchField()->text().isEmpty());
    QCOMPARE(fixture.page->marked().size(), size_t(1));
    QTest::keyClick(fixture.page->table(), Qt::Key_Escape);
    QVERIFY(fixture.page->marked().empty());
}

void TestHistoryPage::runsOfAnExperimentSayWhich()
{
    Fixture fixture;
    fixture.ids.push_back(fixture.history.save(
        labelledRun("batch 8"),
        ExperimentPlace {QStringLiteral("my sweep 2026-01-31T10:00:00+01:00"), 2, 0}));
    fixture.waitFor(1);
    const HistoryModel *model = fixture.page->model();
    QCOMPARE(model->data(model->index(0, HistoryModel::Name)).toString(),
             QStringLiteral("batch 8 · my sweep"));
    fixture.page->setSearch(QStringLiteral("another"));
    fixture.waitFor(0);
    fixture.page->setSearch(QStringLiteral("my sweep"));
    fixture.waitFor(1);
}

void TestHistoryPage::theRunsOfOneExperimentAreListed()
{
    Fixture fixture;
    const QString first = QStringLiteral("my \"sweep\" 2026-01-31T10:00:00+01:00");
    const QString second = QStringLiteral("my \"sweep\" 2026-01-31T10:00:01+01:00");
    for (const auto &[experiment, repeat] : {std::pair {first, 0}, {first, 1}, {second, 0}})
        fixture.ids.push_back(
            fixture.history.save(labelledRun("batch 8"), ExperimentPlace {experiment, 0, repeat}));
    fixture.ids.push_back(fixture.history.save(labelledRun("alone")));
    fixture.waitFor(4);
    HistoryDetails *details = fixture.page->details();
    fixture.page->mark({fixture.ids[3]});
    QVERIFY(!details->experimentButton()->isVisible());
    fixture.page->mark({fixture.ids[1]});
    QVERIFY(details->experimentButton()->isVisible());
    QTest::mouseClick(details->experimentButton(), Qt::LeftButton);
    fixture.waitFor(2);
    for (int row = 0; row < 2; ++row)
        QCOMPARE(fixture.page->model()->run(row).place->experiment, first);
    fixture.page->setSearch(QStringLiteral("experiment:\"my \"\"sweep\""));
    fixture.waitFor(3); // both, by the beginning of their name
}

QTEST_MAIN(TestHistoryPage)
#include "test_history_page.moc"
