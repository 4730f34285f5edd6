// Pages beside the run page: the bar in the header, its keys, whose keys are whose, and the page
// that is remembered.
#include "window_fixture.h"

#include "support/synthetic_engine.h"
#include "ui/main_window/actions.h"
#include "ui/main_window/page_bar.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/answer_text.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"

#include <QAccessible>
#include <QAccessibleInterface>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QSignalSpy>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

namespace {

EngineSource quickEngine()
{
    return syntheticSource(paced(200us));
}

// A page with a field of its own, as those beside the run page have.
QLineEdit *addPage(WindowFixture &f, const char *id, const char *title)
{
    auto *page = new QLineEdit;
    f.window->addPage(QLatin1String(id), QLatin1String(title), page);
    return page;
}

} // namespace

class TestPages : public QObject
{
    Q_OBJECT

private slots:
    void oneAloneNeedsNoBar();
    void keysAndClicksTurnThePages();
    void theBarHasAVoice();
    void keysOfTheRunPageAreFreeElsewhere();
    void escapeLeavesPresentationOnEveryPage();
    void aRunGoesOnBehindAnotherPage();
    void filesOpenOnTheRunPage();
    void theLastPageIsRemembered();
    void helpNamesThePages();
};

void TestPages::oneAloneNeedsNoBar()
{
    WindowFixture f(quickEngine());
    QVERIFY(!f.window->pageBar()->isVisible());
    QVERIFY(f.page->isVisible());
    addPage(f, "compare", "Compare");
    QVERIFY(f.window->pageBar()->isVisible());
    QVERIFY(f.page->isVisible()); // still the shown one
    f.window->setPresenting(true);
    QVERIFY(!f.window->pageBar()->isVisible());
    f.window->setPresenting(false);
    QVERIFY(f.window->pageBar()->isVisible());
}

void TestPages::keysAndClicksTurnThePages()
{
    WindowFixture f(quickEngine());
    const QWidget *compare = addPage(f, "compare", "Compare");
    const QWidget *history = addPage(f, "history", "History");
    f.window->activateWindow();
    QTest::keyClick(f.window.get(), Qt::Key_2, Qt::ControlModifier);
    QVERIFY(compare->isVisible() && !f.page->isVisible());
    QTest::keyClick(f.window.get(), Qt::Key_3, Qt::ControlModifier);
    QVERIFY(history->isVisible() && !compare->isVisible());
    QTest::keyClick(f.window.get(), Qt::Key_4, Qt::ControlModifier); // nobody's
    QVERIFY(history->isVisible());
    PageBar *bar = f.window->pageBar();
    QTRY_VERIFY(bar->rect().contains(bar->tabRect(2))); // the header makes room
    QTest::mouseClick(bar, Qt::LeftButton, Qt::NoModifier, bar->tabRect(0).center());
    QVERIFY(f.page->isVisible() && !history->isVisible());
    QCOMPARE(bar->currentPage(), QStringLiteral("run"));
    QVERIFY(!f.window->showPage(QStringLiteral("no such page")));
    QVERIFY(f.window->showPage(QStringLiteral("history")));
    QVERIFY(history->isVisible());
    bar->setFocus();
    QTRY_VERIFY(bar->hasFocus());
    QTest::keyClick(bar, Qt::Key_Left); // not to the token before
    QVERIFY(compare->isVisible());
}

void TestPages::theBarHasAVoice()
{
    WindowFixture f(quickEngine());
    addPage(f, "compare", "Compare");
    QAccessibleInterface *bar = QAccessible::queryAccessibleInterface(f.window->pageBar());
    QVERIFY(bar != nullptr);
    QCOMPARE(bar->role(), QAccessible::PageTabList);
    QStringList names;
    for (int i = 0; i < bar->childCount(); ++i) {
        if (bar->child(i)->role() == QAccessible::PageTab)
            names += bar->child(i)->text(QAccessible::Name);
    }
    QCOMPARE(names, (QStringList {QStringLiteral("Run"), QStringLiteral("Compare")}));
}

void TestPages::keysOfTheRunPageAreFreeElsewhere()
{
    WindowFixture f(quickEngine());
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(3);
    QLineEdit *compare = addPage(f, "compare", "Compare");
    const QShortcut own(QKeySequence(Qt::CTRL | Qt::Key_E), compare);
    const QSignalSpy exported(&own, &QShortcut::activated);
    const QSignalSpy busy(f.page, &RunPage::busyChanged);
    f.window->showPage(QStringLiteral("compare"));
    f.window->activateWindow();
    compare->setFocus();
    QTRY_VERIFY(compare->hasFocus());
    QTest::keyClick(compare, Qt::Key_Return, Qt::ControlModifier);
    QTest::keyClick(compare, Qt::Key_B, Qt::ControlModifier);
    QTest::keyClick(compare, Qt::Key_E, Qt::ControlModifier);
    QCOMPARE(busy.count(), 0);
    QVERIFY(f.page->isSidebarShown());
    QCOMPARE(exported.count(), 1);
    QTest::keyClick(f.window.get(), Qt::Key_1, Qt::ControlModifier);
    QTest::keyClick(f.window.get(), Qt::Key_Return, Qt::ControlModifier);
    f.waitUntilIdle();
    QVERIFY(f.page->finishedRun() != nullptr);
}

void TestPages::escapeLeavesPresentationOnEveryPage()
{
    WindowFixture f(quickEngine());
    QLineEdit *compare = addPage(f, "compare", "Compare");
    f.window->showPage(QStringLiteral("compare"));
    QTest::keyClick(f.window.get(), Qt::Key_F11);
    QVERIFY(f.window->isPresenting());
    QTest::keyClick(f.window.get(), Qt::Key_1, Qt::ControlModifier); // keys turn pages here too
    QVERIFY(f.page->isVisible());
    QTest::keyClick(f.window.get(), Qt::Key_2, Qt::ControlModifier);
    QVERIFY(compare->isVisible());
    QTest::keyClick(compare, Qt::Key_Escape);
    QVERIFY(!f.window->isPresenting());
    QVERIFY(compare->isVisible());
}

void TestPages::aRunGoesOnBehindAnotherPage()
{
    WindowFixture f(quickEngine());
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(50);
    addPage(f, "compare", "Compare");
    f.page->run();
    f.window->showPage(QStringLiteral("compare"));
    f.waitUntilIdle();
    QVERIFY(f.page->finishedRun() != nullptr);
    f.window->showPage(QStringLiteral("run"));
    QCOMPARE(f.page->answers()->answerText()->tokenCount(), 50);
}

void TestPages::filesOpenOnTheRunPage()
{
    WindowFixture f(quickEngine());
    addPage(f, "compare", "Compare");
    f.window->showPage(QStringLiteral("compare"));
    f.window->openFile(f.folder.filePath(QStringLiteral("gone.json")));
    QVERIFY(f.page->errorBar()->isVisible()); // where the user looks
}

void TestPages::theLastPageIsRemembered()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s.ini"));
    {
        WindowFixture f(quickEngine());
        f.settings.loadFrom(path);
        addPage(f, "compare", "Compare");
        addPage(f, "history", "History");
        f.window->showPage(QStringLiteral("compare"));
    }
    WindowFixture again(quickEngine());
    again.settings.loadFrom(path);
    const QWidget *compare = addPage(again, "compare", "Compare");
    addPage(again, "history", "History");
    QVERIFY(compare->isVisible());
    QCOMPARE(again.settings.page(), QStringLiteral("compare"));
    QVERIFY(!again.window->actions()->action(Command::Run)->isEnabled());
}

void TestPages::helpNamesThePages()
{
    WindowFixture f(quickEngine());
    addPage(f, "compare", "Compare");
    f.window->showHelp();
    const auto *dialog = f.window->findChild<QDialog *>(QStringLiteral("helpDialog"));
    QStringList words;
    for (const QLabel *label : dialog->findChildren<QLabel *>())
        words += label->text();
    QVERIFY(words.contains(QStringLiteral("Ctrl+2")));
    QVERIFY(words.contains(QStringLiteral("The page Compare")));
}

QTEST_MAIN(TestPages)
#include "test_pages.moc"
