// The cards on the (offscreen) screen: ink of the right colour where data is, legend, zoom, pan,
// keys, token links, the empty state, words for screen readers, the table, sizes and themes.
#include "support/synthetic_run.h"

#include "ui/charts/plot_card.h"
#include "ui/charts/table_dialog.h"
#include "ui/charts/table_model.h"
#include "ui/theme/theme_controller.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QWheelEvent>
#include <cmath>
#include <memory>

using namespace inferlab;

namespace {

constexpr QSize kSmall {360, 170};
constexpr QSize kLarge {900, 520};

// Pixels of about that colour inside the plot area.
int inkOf(PlotCard &card, const QColor &color)
{
    const QImage image = card.plotView()->viewport()->grab().toImage();
    const double ratio = image.devicePixelRatio();
    const QRectF area = card.plotFrame().area;
    int count = 0;
    for (int y = int(area.top() * ratio); y < int(area.bottom() * ratio); ++y) {
        for (int x = int(area.left() * ratio); x < int(area.right() * ratio); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            if (std::abs(pixel.red() - color.red()) + std::abs(pixel.green() - color.green())
                    + std::abs(pixel.blue() - color.blue())
                < 24)
                ++count;
        }
    }
    return count;
}

Meaning meaningOf(const QString &id)
{
    return id == QLatin1String("ttft")                                     ? Meaning::Prefill
        : id == QLatin1String("throughput") || id == QLatin1String("knee") ? Meaning::Throughput
                                                                           : Meaning::Decode;
}

void wheel(QWidget *viewport, const QPointF &at, int notches,
           Qt::KeyboardModifiers modifiers = Qt::ControlModifier)
{
    QWheelEvent event(at, viewport->mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
                      Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(viewport, &event);
}

// QTest::mouseMove() goes through the cursor of the screen, which may be smaller than the card.
void moveTo(QWidget *viewport, const QPoint &at, Qt::MouseButtons buttons = Qt::NoButton)
{
    QMouseEvent event(QEvent::MouseMove, QPointF(at), viewport->mapToGlobal(QPointF(at)),
                      Qt::NoButton, buttons, Qt::NoModifier);
    QCoreApplication::sendEvent(viewport, &event);
}

void drag(QWidget *viewport, const QPoint &from, const QPoint &to)
{
    QTest::mousePress(viewport, Qt::LeftButton, Qt::NoModifier, from);
    moveTo(viewport, (from + to) / 2, Qt::LeftButton);
    moveTo(viewport, to, Qt::LeftButton);
    QTest::mouseRelease(viewport, Qt::LeftButton, Qt::NoModifier, to);
}

} // namespace

class TestChartCards : public QObject
{
    Q_OBJECT

private:
    RunRecord m_run = makeSyntheticRun({.batch = 2});
    ChartData m_data;
    std::unique_ptr<ThemeController> m_theme;

    std::unique_ptr<PlotCard> cardOf(const QString &id, const QSize &size = kLarge)
    {
        auto card = std::make_unique<PlotCard>(makeChartSource(id));
        card->resize(size);
        card->show();
        return card;
    }

private slots:
    void initTestCase()
    {
        m_theme = std::make_unique<ThemeController>(*qApp, [] { return false; });
        m_data.current = &m_run;
        for (const int batch : {1, 2, 4, 8, 16})
            m_data.sweep.push_back(
                std::make_shared<RunRecord>(makeSyntheticRun({.batch = batch, .newTokens = 16})));
    }
    void cleanupTestCase() { m_theme.reset(); }
    void init()
    {
        m_theme->setAppearance(Appearance::Light);
        m_theme->setPresenting(false);
    }

    void dataLeavesInk_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        for (const QString &id : chartIds()) {
            for (const bool dark : {false, true}) {
                for (const QSize &size : {kSmall, kLarge}) {
                    QTest::addRow("%s %s %d", qPrintable(id), dark ? "dark" : "light", size.width())
                        << id << dark << size;
                }
            }
        }
    }

    void dataLeavesInk()
    {
        QFETCH(QString, id);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        m_theme->setAppearance(dark ? Appearance::Dark : Appearance::Light);
        auto card = cardOf(id, size);
        const QColor color = m_theme->theme().edge(meaningOf(id));
        QCOMPARE(inkOf(*card, color), 0);
        const auto *empty = card->findChild<QLabel *>(QStringLiteral("emptyState"));
        QVERIFY(empty != nullptr && empty->isVisible());
        card->setData(m_data);
        QVERIFY(!empty->isVisible());
        QVERIFY(card->plotView()->isVisible());
        const QRectF area = card->plotFrame().area;
        QVERIFY(area.height() > size.height() * 0.2);
        QVERIFY(area.width() > size.width() * 0.6);
        // At least a line as long as half the plot, or a bar.
        const int ink = inkOf(*card, color)
            + (id == QLatin1String("ttft") ? inkOf(*card, m_theme->theme().fill(Meaning::Prefill))
                                           : 0);
        QVERIFY2(ink > area.width() * 0.2, qPrintable(QString::number(ink)));
        card->setData({});
        QVERIFY(empty->isVisible());
    }

    void oneTokenCanBeShown()
    {
        const RunRecord run = makeSyntheticRun({.newTokens = 1});
        ChartData data;
        data.current = &run;
        for (const QString &id : chartIds()) {
            auto card = cardOf(id, kSmall);
            card->setData(data);
            QVERIFY(!card->grab().isNull());
            QVERIFY(!card->description().isEmpty());
        }
    }

    void legendHidesSeries()
    {
        auto card = cardOf(QStringLiteral("throughput"));
        card->setData(m_data);
        const QColor green = m_theme->theme().edge(Meaning::Throughput);
        const QColor blue = m_theme->theme().edge(Meaning::Decode);
        QVERIFY(inkOf(*card, green) > 100);
        const auto buttons = card->legend()->findChildren<LegendButton *>();
        QVERIFY(buttons.size() >= 2);
        QVERIFY(buttons[0]->accessibleName().endsWith(QStringLiteral("tok/s total")));
        QTest::mouseClick(buttons[0], Qt::LeftButton);
        QCOMPARE(inkOf(*card, green), 0);
        QVERIFY(inkOf(*card, blue) > 100);
        QCOMPARE(card->hiddenSeries(), QSet<QString> {QStringLiteral("total")});
        card->setData(m_data); // new data does not bring it back
        QCOMPARE(inkOf(*card, green), 0);
        QTest::keyClick(buttons[0], Qt::Key_Space);
        QVERIFY(inkOf(*card, green) > 100);
    }

    void hidingTheHighestLetsTheAxisShrink()
    {
        const RunRecord slow = makeSyntheticRun({.kvCache = false});
        ChartData data = m_data;
        data.earlier = {std::make_shared<RunRecord>(slow)};
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(data);
        const double both = card->plotFrame().y.max;
        for (LegendButton *button : card->legend()->findChildren<LegendButton *>()) {
            if (button->entry().age == 1)
                button->click();
        }
        QVERIFY(card->plotFrame().y.max < both / 2);
    }

    void wheelAndKeysZoomAndFollowReturns()
    {
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(m_data);
        const AxisRange whole = card->plotFrame().x;
        auto *follow = card->findChild<QWidget *>(QStringLiteral("followButton"));
        QVERIFY(follow != nullptr && !follow->isVisible());
        const QPointF at = card->plotFrame().toPixel({40, 0});
        card->plotView()->clearFocus();
        wheel(card->plotView()->viewport(), {at.x(), 100}, 3, Qt::NoModifier); // scrolls the page
        QVERIFY(!card->isZoomedIn());
        wheel(card->plotView()->viewport(), {at.x(), 100}, 3);
        QVERIFY(card->isZoomedIn());
        QVERIFY(card->plotFrame().x.span() < whole.span() * 0.6);
        QVERIFY(std::abs(card->plotFrame().toValue(at).x() - 40) < 0.5); // stays under the pointer
        QVERIFY(follow->isVisible());
        QVERIFY(inkOf(*card, m_theme->theme().edge(Meaning::Decode)) > 100);
        // New data leaves the view where the person put it.
        const AxisRange here = card->plotFrame().x;
        card->setData(m_data);
        QCOMPARE(card->plotFrame().x, here);
        card->follow();
        QCOMPARE(card->plotFrame().x, whole);
        QVERIFY(!follow->isVisible());
        QTest::keyClick(card->plotView(), Qt::Key_Plus);
        QVERIFY(card->isZoomedIn());
        QTest::keyClick(card->plotView(), Qt::Key_0);
        QVERIFY(!card->isZoomedIn());
        wheel(card->plotView()->viewport(), {at.x(), 100}, -3); // further out than everything
        QCOMPARE(card->plotFrame().x, whole);
        // Another run begins with everything.
        QTest::keyClick(card->plotView(), Qt::Key_Plus);
        RunRecord next = m_run;
        for (RequestRecord &request : next.requests)
            request.submittedNs += 1;
        ChartData data = m_data;
        data.current = &next;
        card->setData(data);
        QVERIFY(!card->isZoomedIn());
    }

    void draggingSelectsThenPans()
    {
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(m_data);
        QWidget *viewport = card->plotView()->viewport();
        const QRectF area = card->plotFrame().area;
        drag(viewport, area.center().toPoint() - QPoint(100, 60),
             area.center().toPoint() + QPoint(100, 60));
        QVERIFY(card->isZoomedIn());
        const AxisRange before = card->plotFrame().x;
        QVERIFY(std::abs(before.span() / 127.0 - 200.0 / area.width()) < 0.02);
        drag(viewport, area.center().toPoint(), area.center().toPoint() + QPoint(60, 0));
        QVERIFY(card->plotFrame().x.min < before.min);
        QVERIFY(std::abs(card->plotFrame().x.span() - before.span()) < 1e-9);
        // Not beyond what there is.
        for (int i = 0; i < 20; ++i)
            drag(viewport, area.center().toPoint(), area.center().toPoint() + QPoint(200, 0));
        QVERIFY(card->plotFrame().x.min >= 0);
    }

    void hoverAndKeysPointAtTokens()
    {
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(m_data);
        QSignalSpy pointed(card.get(), &ChartCard::tokenPointed);
        const PlotCurve &curve = card->plotSpec().series[0].curves[1];
        moveTo(card->plotView()->viewport(), card->plotFrame().toPixel(curve.points[20]).toPoint());
        QCOMPARE(pointed.count(), 1);
        QCOMPARE(pointed.last()[0].value<TokenRef>().index, 21);
        QVERIFY(card->plotView()->accessibleDescription().startsWith(QStringLiteral("token 21: ")));
        card->plotView()->setFocus();
        QTest::keyClick(card->plotView(), Qt::Key_Right);
        QCOMPARE(pointed.last()[0].value<TokenRef>().index, 22);
        QTest::keyClick(card->plotView(), Qt::Key_Home);
        QCOMPARE(pointed.last()[0].value<TokenRef>().index, 1);
        QTest::keyClick(card->plotView(), Qt::Key_Escape);
        QVERIFY(!pointed.last()[0].value<TokenRef>().isValid());
        QCOMPARE(card->plotView()->accessibleDescription(), card->description());
    }

    void readoutSurvivesLessData()
    {
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(m_data);
        QTest::keyClick(card->plotView(), Qt::Key_End);
        RunRecord shorter = m_run;
        for (RequestRecord &request : shorter.requests)
            request.tokens.resize(3);
        ChartData data;
        data.current = &shorter;
        card->setData(data);
        QVERIFY(!card->plotView()->plot()->readout().has_value());
        QVERIFY(!card->grab().isNull());
        QTest::keyClick(card->plotView(), Qt::Key_Right);
        QVERIFY(card->plotView()->plot()->readout().has_value());
    }

    void selectedTokenIsMarked_data()
    {
        QTest::addColumn<QString>("id");
        for (const QString &id : {QStringLiteral("itl"), QStringLiteral("throughput")})
            QTest::newRow(qPrintable(id)) << id;
    }

    void selectedTokenIsMarked()
    {
        QFETCH(QString, id);
        auto card = cardOf(id);
        card->setData(m_data);
        const QColor purple = m_theme->theme().fill(Meaning::Selection);
        QCOMPARE(inkOf(*card, purple), 0);
        card->setSelectedToken({1, 30});
        QVERIFY(inkOf(*card, purple) > 20);
        card->setSelectedToken({});
        QCOMPARE(inkOf(*card, purple), 0);
    }

    void viewsAskForData()
    {
        auto card = cardOf(QStringLiteral("percentiles"));
        connect(card.get(), &ChartCard::dataWanted, card.get(), [&] { card->setData(m_data); });
        card->setData(m_data);
        QCOMPARE(card->views().size(), 2);
        card->setView(1);
        QCOMPARE(card->view(), 1);
        QVERIFY(card->plotSpec().x.logarithmic);
        QVERIFY(inkOf(*card, m_theme->theme().edge(Meaning::Decode)) > 50);
        card->setView(7);
        QCOMPARE(card->view(), 1);
    }

    void wordsForScreenReaders()
    {
        for (const QString &id : chartIds()) {
            auto card = cardOf(id);
            QCOMPARE(card->plotView()->accessibleDescription(), card->plotSpec().emptyText);
            card->setData(m_data);
            QCOMPARE(card->accessibleName(), card->title());
            QCOMPARE(card->accessibleDescription(), card->description());
            QVERIFY(card->description().endsWith(QLatin1Char('.')));
            QVERIFY(card->description().contains(QRegularExpression(QStringLiteral("[0-9]"))));
        }
    }

    void tableIsTheChartsData()
    {
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(m_data);
        card->showTable();
        auto *dialog = card->findChild<TableDialog *>();
        QVERIFY(dialog != nullptr && dialog->isVisible() && !dialog->isModal());
        auto *model = dialog->findChild<ChartTableModel *>();
        const QAbstractItemModelTester tester(
            model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model->rowCount(), 2 * 127);
        QCOMPARE(model->headerData(3, Qt::Horizontal).toString(), QStringLiteral("ITL, ms"));
        model->setTable({{QStringLiteral("a")}, {{QStringLiteral("1")}, {QStringLiteral("x")}}});
        QCOMPARE(model->rowCount(), 2);
        QVERIFY(model->data(model->index(0, 0), Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(!model->data(model->index(5, 0)).isValid());
        dialog->copyAsCsv();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("a\r\n1\r\nx\r\n"));
    }

    void columnsHaveOneNumberOfDecimals()
    {
        ChartTableModel model;
        ChartTable table;
        table.columns = {QStringLiteral("Run"), QStringLiteral("n"), QStringLiteral("ms"),
                         QStringLiteral("share")};
        table.rows = {{QStringLiteral("a"), QStringLiteral("4064"), QStringLiteral("1204.5"),
                       QStringLiteral("0.00125")},
                      {QStringLiteral("b"), QStringLiteral("7"), QStringLiteral("6.3142"),
                       QStringLiteral("0.5")},
                      {QStringLiteral("c"), QString(), QStringLiteral("3"), QString()}};
        model.setTable(table);
        const auto column = [&model](int c) {
            QStringList out;
            for (int row = 0; row < model.rowCount(); ++row)
                out << model.data(model.index(row, c)).toString();
            return out.join(QLatin1Char('|'));
        };
        QCOMPARE(column(0), QStringLiteral("a|b|c"));
        QCOMPARE(column(1), QStringLiteral("4,064|7|"));
        QCOMPARE(column(2), QStringLiteral("1,204.50|6.31|3.00"));
        QCOMPARE(column(3), QStringLiteral("0.0013|0.5000|"));
        QVERIFY(toCsv(table).contains(QStringLiteral("a,4064,1204.5,0.00125"))); // for programs
    }

    // Kept runs beside the current one: no number covers another, and none is left out.
    void rowsOfPercentilesKeepApart_data()
    {
        QTest::addColumn<int>("kept");
        QTest::addColumn<QSize>("size");
        QTest::newRow("one in a small card") << 1 << QSize(440, 156);
        QTest::newRow("four in two columns") << 4 << QSize(380, 280);
        QTest::newRow("four at 1280x800") << 4 << QSize(440, 190);
        QTest::newRow("six, enlarged") << 6 << QSize(800, 500);
    }

    void rowsOfPercentilesKeepApart()
    {
        QFETCH(int, kept);
        QFETCH(QSize, size);
        ChartData data = m_data;
        data.earlier.clear();
        for (int i = 0; i < kept; ++i)
            data.earlier.push_back(
                std::make_shared<RunRecord>(makeSyntheticRun({.batch = 2 + i, .newTokens = 300})));
        auto card = cardOf(QStringLiteral("percentiles"), size);
        card->setData(data);
        const PlotSpec &spec = card->plotSpec();
        const QFontMetricsF metrics(m_theme->theme().font(TextSize::Small));
        std::vector<QRectF> boxes;
        for (const PlotSeries &series : spec.series) {
            for (const PlotCurve &curve : series.curves) {
                for (size_t i = 0; i < curve.points.size(); ++i) {
                    const QPointF half(series.barWidth / 2, series.cellHeight / 2);
                    const QRectF box = QRectF(card->plotFrame().toPixel(curve.points[i] - half),
                                              card->plotFrame().toPixel(curve.points[i] + half))
                                           .normalized();
                    const QString words = curve.cellWords[static_cast<qsizetype>(i)];
                    const QString brief = curve.cellBriefs[static_cast<qsizetype>(i)];
                    QVERIFY2(metrics.horizontalAdvance(brief) <= box.width(), qPrintable(brief));
                    if (size.width() >= 440)
                        QVERIFY2(metrics.horizontalAdvance(words) <= box.width(),
                                 qPrintable(words));
                    QVERIFY(metrics.ascent() <= box.height());
                    for (const QRectF &other : boxes)
                        QVERIFY(!box.adjusted(0.01, 0.01, -0.01, -0.01).intersects(other));
                    boxes.push_back(box);
                }
            }
        }
        QCOMPARE(boxes.size(), static_cast<size_t>((kept + 1) * 3 * 4)); // P50, P90, P99 and n
    }

    void csvQuotesWhatNeedsIt()
    {
        ChartTable table;
        table.columns = {QStringLiteral("Run"), QStringLiteral("ITL, ms")};
        table.rows = {{QStringLiteral("say \"hi\""), QStringLiteral("6.5")}};
        QCOMPARE(toCsv(table, {QStringLiteral("two\nlines")}),
                 QStringLiteral("# two lines\r\nRun,\"ITL, ms\"\r\n\"say \"\"hi\"\"\",6.5\r\n"));
    }

    void hiddenCardsDoNoLiveWork()
    {
        PlotCard card(makeChartSource(QStringLiteral("itl")));
        ChartData live = m_data;
        live.live = true;
        card.setData(live);
        QVERIFY(card.plotSpec().isEmpty());
        card.setData(m_data); // the end of a run is drawn in any case
        QVERIFY(!card.plotSpec().isEmpty());
        QSignalSpy wanted(&card, &ChartCard::dataWanted);
        card.show();
        QCOMPARE(wanted.count(), 1);
    }

    void themesAndPresentingReachTheCard()
    {
        auto card = cardOf(QStringLiteral("throughput"), kLarge);
        card->setData(m_data);
        const QRectF area = card->plotFrame().area;
        m_theme->setPresenting(true);
        QVERIFY(card->plotFrame().area.left() > area.left()); // larger labels
        m_theme->setPresenting(false);
        QCOMPARE(card->plotFrame().area, area);
        m_theme->setAppearance(Appearance::Dark);
        QVERIFY(inkOf(*card, Theme::darkTheme().edge(Meaning::Throughput)) > 100);
        QVERIFY(card->grab().toImage().pixelColor(card->width() / 2, 8).lightness() < 80);
    }

    void doubleClickAndButtonEnlarge()
    {
        auto card = cardOf(QStringLiteral("itl"));
        card->setData(m_data);
        QSignalSpy enlarge(card.get(), &ChartCard::enlargeRequested);
        QTest::mouseDClick(card->plotView()->viewport(), Qt::LeftButton);
        QCOMPARE(enlarge.count(), 1);
        auto *button = card->findChild<QAbstractButton *>(QStringLiteral("enlargeButton"));
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(enlarge.count(), 2);
        card->setEnlarged(true);
        QVERIFY(button->accessibleName().startsWith(QStringLiteral("Back")));
    }
};

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    TestChartCards test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_chart_cards.moc"
