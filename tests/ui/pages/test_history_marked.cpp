// What is done with the runs that are marked on the history page: named, tagged, deleted, handed
// on.
#include "engine/measure/record_json.h"
#include "history_page_fixture.h"

#include <QPlainTextEdit>

using namespace inferlab;
using namespace inferlab::test;
using Fixture = HistoryPageFixture;

class TestHistoryMarked : public QObject
{
    Q_OBJECT

private slots:
    void aRunIsRenamedTaggedAndNoted();
    void severalRunsAreTaggedAtOnce();
    void deletingCanBeUndone();
    void buttonsHandOutTheRecords();
};

void TestHistoryMarked::aRunIsRenamedTaggedAndNoted()
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

void TestHistoryMarked::severalRunsAreTaggedAtOnce()
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

void TestHistoryMarked::deletingCanBeUndone()
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

void TestHistoryMarked::buttonsHandOutTheRecords()
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

QTEST_MAIN(TestHistoryMarked)
#include "test_history_marked.moc"
