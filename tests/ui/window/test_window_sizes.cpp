// The window at small sizes, at every zoom, and presented: nothing is cut, forced or squashed.
#include "window_fixture.h"

#include "support/synthetic_engine.h"
#include "ui/charts/chart.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/run_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"

#include <QPushButton>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

class TestWindowSizes : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsClippedAtASmallSize();
    void presentingFoldsAndEnlarges();
    void zoomIsRemembered();
    void chartsStayReadableAtEveryZoom();
};

void TestWindowSizes::nothingIsClippedAtASmallSize()
{
    WindowFixture f(syntheticSource(paced(200us)));
    for (const QSize size : {QSize(1000, 700), QSize(1280, 800)}) {
        f.window->resize(size);
        QTest::qWait(50);
        QCOMPARE(f.window->width(), size.width()); // no minimum forces it wider
        for (const QPushButton *button : f.window->findChildren<QPushButton *>()) {
            if (!button->isVisible() || button->text().isEmpty())
                continue;
            const int needed = button->fontMetrics().horizontalAdvance(button->text());
            QVERIFY2(button->width() >= needed, qPrintable(button->text()));
        }
    }
}

void TestWindowSizes::presentingFoldsAndEnlarges()
{
    WindowFixture f(syntheticSource(paced(200us)));
    const int before = QApplication::font().pixelSize();
    QTest::keyClick(f.window.get(), Qt::Key_F11);
    QVERIFY(f.window->isPresenting());
    QVERIFY(!f.page->isSidebarShown());
    QVERIFY(QApplication::font().pixelSize() * 2 >= before * 3 - 1);
    f.page->showError(QStringLiteral("a line"));
    QTest::keyClick(f.window.get(), Qt::Key_Escape); // out of the nearest thing
    QVERIFY(f.page->errorBar()->isHidden());
    QVERIFY(f.window->isPresenting());
    QTest::keyClick(f.window.get(), Qt::Key_Escape);
    QVERIFY(!f.window->isPresenting());
    QVERIFY(f.page->isSidebarShown());
    QCOMPARE(QApplication::font().pixelSize(), before);
}

void TestWindowSizes::zoomIsRemembered()
{
    WindowFixture f(syntheticSource(paced(200us)));
    QTest::keyClick(f.window.get(), Qt::Key_Plus, Qt::ControlModifier);
    QCOMPARE(f.settings.zoomPercent(), 110);
    QTest::keyClick(f.window.get(), Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(f.settings.zoomPercent(), 100);
}

void TestWindowSizes::chartsStayReadableAtEveryZoom()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.window->resize(1280, 800);
    const auto leastHeight = [&f] {
        int least = 10'000;
        for (const ChartCard *card : f.window->findChildren<ChartCard *>())
            if (card->isVisible())
                least = std::min(least, card->height());
        return least;
    };
    for (int step = 0; step < 6; ++step) {
        QTest::qWait(50);
        // As tall as at 100%, in letters.
        const int wanted = Theme::current().px(150);
        QVERIFY2(leastHeight() >= wanted,
                 qPrintable(QStringLiteral("%1 at step %2").arg(leastHeight()).arg(step)));
        QTest::keyClick(f.window.get(), Qt::Key_Plus, Qt::ControlModifier);
    }
    QTest::keyClick(f.window.get(), Qt::Key_0, Qt::ControlModifier);
}

QTEST_MAIN(TestWindowSizes)
#include "test_window_sizes.moc"
