// The history page: what it lists, how it filters and sorts, and what its buttons and keys do to
// the runs on disk.
#include "app/history/history.h"
#include "app/history/history_store.h"
#include "engine/measure/record_json.h"
#include "support/synthetic_run.h"
#include "ui/pages/history/history_details.h"
#include "ui/pages/history/history_model.h"
#include "ui/pages/history/history_page.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/error_bar.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

using namespace inferlab;

namespace {

constexpr int kPatienceMs = 30000;

class Fixture
{
public:
    Fixture()
        : theme(*qApp, [] { return false; })
        , history(folder.filePath(QStringLiteral("history.sqlite")))
        , page(std::make_unique<HistoryPage>(&history))
    {
        page->resize(1280, 700);
        page->show();
        if (!QTest::qWaitForWindowExposed(page.get()))
            qFatal("the page does not show");
    }

    HistoryStore store() { return HistoryStore(folder.filePath(QStringLiteral("history.sqlite"))); }
    QStringList names() const
    {
        QStringList names;
        for (int row = 0; row < page->model()->rowCount(); ++row)
            names << page->model()->run(row).name;
        return names;
    }
    void keep(const std::vector<RunRecord> &runs)
    {
        for (const RunRecord &run : runs)
            ids.push_back(history.save(run));
        waitFor(static_cast<int64_t>(ids.size()));
    }
    void waitFor(int64_t total)
    {
        if (!QTest::qWaitFor(
                [&] { return page->model()->isLoaded() && page->model()->total() == total; },
                kPatienceMs))
            qFatal("the list does not come");
    }
    // By mouse; with Ctrl it is added to those that are marked.
    void click(int row, Qt::KeyboardModifiers modifiers = {})
    {
        const QRect cell = page->table()->visualRect(page->model()->index(row, HistoryModel::Name));
        QTest::mouseClick(page->table()->viewport(), Qt::LeftButton, modifiers, cell.center());
    }

    QTemporaryDir folder;
    ThemeController theme;
    History history;
    std::unique_ptr<HistoryPage> page;
    std::vector<int64_t> ids;
};

} // namespace

class TestHistoryPage : public QObject
{
    Q_OBJECT

private slots:
    void theModelKeepsQtsRules();
    void anEmptyHistoryTeaches();
    void withoutAHistoryItSaysSo();
    void typingFilters();
    void columnsSort();
    void longListsComeInPages();
    void aRunIsRenamedTaggedAndNoted();
    void severalRunsAreTaggedAtOnce();
    void deletingCanBeUndone();
    void buttonsHandOutTheRecords();
    void newRunsAppearAndTheMarkStays();
    void aFileThatCannotBeUsedIsSaid();
    void runsGoOutAndComeInAgain();
    void whatCannotGoOutOrComeInIsSaid();
    void escapeLeavesTheNearestThing();
    void runsOfAnExperimentSayWhich();
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

void TestHistoryPage::aRunIsRenamedTaggedAndNoted()
{
    Fixture fixture;
    fixture.keep({labelledRun("before"), labelledRun("other")});
    fixture.page->mark({fixture.ids[0]});
    HistoryDetails *details = fixture.page->details();
    QCOMPARE(details->nameField()->text(), QStringLiteral("before"));
    fixture.page->table()->setFocus();
    QTest::keyClick(fixture.page->table(), Qt::Key_F2);
    QTest::keyClicks(details->nameField(), QStringLiteral("after"));
    QTest::keyClick(details->nameField(), Qt::Key_Return);
    details->tagField()->setText(QStringLiteral("slow, lecture"));
    QTest::keyClick(details->tagField(), Qt::Key_Return);
    details->noteField()->setFocus();
    QTest::keyClicks(details->noteField(), QStringLiteral("loud"));
    fixture.page->table()->setFocus(); // leaving a field is enough
    HistoryStore store = fixture.store();
    QTRY_COMPARE_WITH_TIMEOUT(store.find(fixture.ids[0])->note, QStringLiteral("loud"),
                              kPatienceMs);
    const std::optional<HistoryRun> run = store.find(fixture.ids[0]);
    QCOMPARE(run->name, QStringLiteral("after"));
    QCOMPARE(run->tags, (QStringList {QStringLiteral("lecture"), QStringLiteral("slow")}));
    QCOMPARE(store.find(fixture.ids[1])->name, QStringLiteral("other"));
    QCOMPARE(fixture.page->marked(), std::vector<int64_t> {fixture.ids[0]}); // still marked
}

void TestHistoryPage::severalRunsAreTaggedAtOnce()
{
    Fixture fixture;
    fixture.keep({labelledRun("a"), labelledRun("b")});
    fixture.history.setTags(fixture.ids[0], {QStringLiteral("own"), QStringLiteral("both")});
    fixture.history.setTags(fixture.ids[1], {QStringLiteral("both")});
    QTRY_COMPARE_WITH_TIMEOUT(fixture.store().list({.search = QStringLiteral("tag:both")}).total,
                              int64_t(2), kPatienceMs);
    fixture.page->model()->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(
        fixture.page->model()->run(0).tags.contains(QStringLiteral("both"))
            && fixture.page->model()->run(1).tags.contains(QStringLiteral("both")),
        kPatienceMs);
    fixture.click(0);
    fixture.click(1, Qt::ControlModifier);
    HistoryDetails *details = fixture.page->details();
    QCOMPARE(details->tagField()->text(), QStringLiteral("both"));
    QVERIFY(!details->nameField()->isEnabled());
    details->tagField()->setText(QStringLiteral("new"));
    QTest::keyClick(details->tagField(), Qt::Key_Return);
    HistoryStore store = fixture.store();
    QTRY_COMPARE_WITH_TIMEOUT(store.find(fixture.ids[1])->tags, QStringList {QStringLiteral("new")},
                              kPatienceMs);
    QTRY_COMPARE_WITH_TIMEOUT(store.find(fixture.ids[0])->tags,
                              (QStringList {QStringLiteral("new"), QStringLiteral("own")}),
                              kPatienceMs);
}

void TestHistoryPage::deletingCanBeUndone()
{
    Fixture fixture;
    fixture.keep({labelledRun("a"), labelledRun("b"), labelledRun("c")});
    fixture.page->mark({fixture.ids[2], fixture.ids[1]}); // the newest are on top
    fixture.page->table()->setFocus();
    QTest::keyClick(fixture.page->table(), Qt::Key_Delete);
    fixture.waitFor(1);
    QCOMPARE(fixture.page->bar()->line(), QStringLiteral("2 runs deleted"));
    QCOMPARE(fixture.page->marked(), std::vector<int64_t> {fixture.ids[0]}); // goes on
    fixture.page->bar()->findChild<QPushButton *>()->click();
    fixture.waitFor(3);
    QVERIFY(fixture.page->bar()->line().isEmpty());
    QCOMPARE(fixture.page->marked().size(), size_t(2)); // those that came back
}

void TestHistoryPage::buttonsHandOutTheRecords()
{
    Fixture fixture;
    const RunRecord a = labelledRun("a");
    const RunRecord b = labelledRun("b");
    fixture.keep({a, b});
    std::vector<RunRecordPtr> opened, kept, compared;
    RunRecordPtr again;
    connect(fixture.page.get(), &HistoryPage::openRequested, this,
            [&](const std::vector<RunRecordPtr> &runs) { opened = runs; });
    connect(fixture.page.get(), &HistoryPage::keepRequested, this,
            [&](const std::vector<RunRecordPtr> &runs) { kept = runs; });
    connect(fixture.page.get(), &HistoryPage::compareRequested, this,
            [&](const std::vector<RunRecordPtr> &runs) { compared = runs; });
    connect(fixture.page.get(), &HistoryPage::runAgainRequested, this,
            [&](const RunRecordPtr &run) { again = run; });
    fixture.click(1);
    QVERIFY(!fixture.page->compareButton()->isEnabled());
    QTest::mouseClick(fixture.page->againButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(again != nullptr, kPatienceMs);
    QCOMPARE(runsToJson({*again}), runsToJson({a}));
    fixture.page->table()->setFocus();
    QTest::keyClick(fixture.page->table(), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(opened.size(), size_t(1), kPatienceMs);
    fixture.click(0, Qt::ControlModifier);
    QVERIFY(!fixture.page->againButton()->isEnabled());
    QTest::mouseClick(fixture.page->compareButton(), Qt::LeftButton);
    QTest::mouseClick(fixture.page->keepButton(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), size_t(2), kPatienceMs);
    QCOMPARE(compared.size(), size_t(2));
    QCOMPARE(runsToJson({*compared[0]}), runsToJson({b})); // in the shown order
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

void TestHistoryPage::runsGoOutAndComeInAgain()
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

void TestHistoryPage::whatCannotGoOutOrComeInIsSaid()
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

QTEST_MAIN(TestHistoryPage)
#include "test_history_page.moc"
