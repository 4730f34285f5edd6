// The theme: contrast of every colour with a meaning, light and dark, zoom, and that it reaches
// widgets.
#include "ui/theme/contrast.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QStyle>
#include <QStyleFactory>
#include <QTest>
#include <array>

using namespace inferlab;

namespace {

constexpr std::array kMeanings {Meaning::Prefill,    Meaning::Decode,     Meaning::Queue,
                                Meaning::Throughput, Meaning::Prediction, Meaning::Budget,
                                Meaning::Selection};

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

private slots:
    void contrastFollowsWcag()
    {
        QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
        // #767676 on white is WCAG's well-known border case, 4.54.
        QVERIFY(std::abs(contrastRatio(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);
    }

    void contrastMovesOnlyWhenNeeded()
    {
        const QColor blue(0x00, 0x72, 0xB2);
        QCOMPARE(withContrast(blue, Qt::white, 3.0), blue);
        const QColor orange = withContrast(QColor(0xE6, 0x9F, 0x00), Qt::white, 3.0);
        QVERIFY(contrastRatio(orange, Qt::white) >= 3.0);
        QVERIFY(contrastRatio(orange, Qt::white) < 3.2);
        QVERIFY(std::abs(orange.hue() - QColor(0xE6, 0x9F, 0x00).hue()) < 6);
    }

    void everyColourCanBeSeen_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void everyColourCanBeSeen()
    {
        QFETCH(bool, dark);
        const Theme theme = dark ? Theme::darkTheme() : Theme::light();
        for (const Meaning meaning : kMeanings) {
            QVERIFY(contrastRatio(theme.edge(meaning), theme.surface) >= kMarkContrast);
            QVERIFY(contrastRatio(theme.ink(meaning), theme.surface) >= kTextContrast);
            for (int age = 1; age <= 5; ++age)
                QVERIFY(contrastRatio(theme.earlierEdge(meaning, age), theme.surface)
                        >= kMarkContrast);
        }
        if (dark) // the dark tints are bright enough as they are
            for (const Meaning meaning : kMeanings)
                QVERIFY(contrastRatio(theme.fill(meaning), theme.surface) >= kMarkContrast);
        for (const QColor &background :
             {theme.surface, theme.window, theme.hover, theme.accentWash}) {
            QVERIFY(contrastRatio(theme.text, background) >= kTextContrast);
            QVERIFY(contrastRatio(theme.mutedText, background) >= kTextContrast);
        }
        QVERIFY(contrastRatio(theme.controlBorder, theme.surface) >= kMarkContrast);
        QVERIFY(contrastRatio(theme.controlBorder, theme.window) >= kMarkContrast);
        QVERIFY(contrastRatio(theme.accent, theme.window) >= kTextContrast);
        QVERIFY(contrastRatio(theme.onAccent, theme.accent) >= kTextContrast);
        QVERIFY(contrastRatio(theme.error, theme.errorWash) >= kTextContrast);
        QVERIFY(contrastRatio(theme.error, theme.surface) >= kTextContrast);
    }

    void lightColoursAreOkabeIto()
    {
        const Theme theme = Theme::light();
        QCOMPARE(theme.fill(Meaning::Prefill).name(), QStringLiteral("#e69f00"));
        QCOMPARE(theme.fill(Meaning::Decode).name(), QStringLiteral("#0072b2"));
        QCOMPARE(theme.fill(Meaning::Queue).name(), QStringLiteral("#8c8c8c"));
        QCOMPARE(theme.fill(Meaning::Throughput).name(), QStringLiteral("#009e73"));
        QCOMPARE(theme.fill(Meaning::Budget).name(), QStringLiteral("#d55e00"));
        QCOMPARE(theme.fill(Meaning::Selection).name(), QStringLiteral("#cc79a7"));
        QCOMPARE(theme.fill(Meaning::Prediction), theme.text);
    }

    void styleSheetHasNoOpenNames()
    {
        for (const Theme &theme : {Theme::light(), Theme::darkTheme()}) {
            const QString sheet = styleSheet(theme);
            QVERIFY(sheet.contains(theme.accent.name()));
            QVERIFY(!sheet.contains(QLatin1Char('$')));
        }
    }

    void controllerFollowsTheSystemUnlessTold()
    {
        bool systemIsDark = true;
        ThemeController controller(*qApp, [&systemIsDark] { return systemIsDark; });
        QVERIFY(controller.theme().dark);
        QVERIFY(Theme::current().dark);
        QCOMPARE(ThemeController::instance(), &controller);
        QSignalSpy changes(&controller, &ThemeController::changed);

        systemIsDark = false;
        QWidget window;
        QEvent themeChange(QEvent::ThemeChange);
        QCoreApplication::sendEvent(&window, &themeChange);
        QTRY_VERIFY(!controller.theme().dark);
        QCOMPARE(changes.count(), 1);
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::light().window);

        controller.setAppearance(Appearance::Dark);
        QVERIFY(Theme::current().dark);
        controller.followSystem();
        QVERIFY(Theme::current().dark);
        controller.setAppearance(Appearance::System);
        QVERIFY(!Theme::current().dark);
    }

    void zoomAndPresentationScaleText()
    {
        ThemeController controller(*qApp, [] { return false; });
        QLabel label(QStringLiteral("x"));
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        QTRY_COMPARE(label.font().pixelSize(), 13);
        controller.setZoom(2.0);
        QTRY_COMPARE(label.font().pixelSize(), 26);
        controller.setPresenting(true);
        QCOMPARE(Theme::current().textPx(TextSize::Small), 33);
        controller.setPresenting(false);
        controller.resetZoom();
        controller.zoomIn();
        QCOMPARE(controller.zoom(), 1.1);
        controller.zoomOut();
        controller.zoomOut();
        QCOMPARE(controller.zoom(), 0.9);
        controller.setZoom(100);
        QCOMPARE(controller.zoom(), ThemeController::kMaxZoom);
        controller.zoomIn();
        QCOMPARE(controller.zoom(), ThemeController::kMaxZoom);
        controller.setZoom(0);
        QCOMPARE(controller.zoom(), ThemeController::kMinZoom);
        controller.resetZoom();
        QTRY_COMPARE(label.font().pixelSize(), 13);
    }

    void figuresAreTabular()
    {
        if (!hasEmbeddedFont())
            QSKIP("built without Open Sans");
        const QFontMetricsF metrics(Theme::light().font(TextSize::Body));
        QCOMPARE(QFontInfo(Theme::light().font(TextSize::Body)).family(),
                 QStringLiteral("Open Sans"));
        for (char digit = '1'; digit <= '9'; ++digit)
            QCOMPARE(metrics.horizontalAdvance(QLatin1Char(digit)),
                     metrics.horizontalAdvance(QLatin1Char('0')));
    }

    void focusIsVisible()
    {
        ThemeController controller(*qApp, [] { return false; });
        QWidget window;
        QLineEdit first(&window), second(&window);
        first.setGeometry(10, 10, 100, 32);
        second.setGeometry(10, 60, 100, 32);
        window.resize(200, 110);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        const auto accentPixels = [&window] {
            const QImage image = window.grab().toImage();
            int count = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    count += image.pixelColor(x, y) == Theme::light().accent ? 1 : 0;
            return count;
        };
        window.setFocus();
        QCOMPARE(accentPixels(), 0);
        window.activateWindow();
        first.setFocus();
        QTRY_VERIFY(accentPixels() > 200);
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"
