// The controls left of the answer, by mouse, wheel and clipboard.
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_details.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/fold_section.h"
#include "ui/widgets/prompt_editor.h"
#include "ui/widgets/sampling_panel.h"
#include "ui/widgets/toggle_switch.h"
#include "ui/widgets/wheel_guard.h"

#include <QDoubleSpinBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <QtTest>

using namespace inferlab;

namespace {

// One notch towards the person.
void turnWheelOver(QWidget *widget)
{
    const QPointF at = widget->rect().center();
    QWheelEvent wheel(at, widget->mapToGlobal(at), {}, QPoint(0, -120), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    // As from a mouse: what a widget leaves goes on to its parent. sendEvent() would not do that.
    QSpontaneKeyEvent::setSpontaneous(&wheel);
    qApp->notify(widget, &wheel);
}

} // namespace

class TestControls : public QObject
{
    Q_OBJECT

    const WheelGuard m_guard;

private slots:
    void theWheelScrollsPastNumbers();
    void theWheelTurnsTheNumberThatHasTheFocus();
    void aPromptKeepsItsNoBreakSpaces();
    void theHeadingOfAnOpenFoldStaysWhereItWas();
    void whatUnfoldsComesIntoView();
};

void TestControls::theWheelScrollsPastNumbers()
{
    QScrollArea area;
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    auto *switches = new EngineSwitches(inner);
    auto *sampling = new SamplingPanel(inner);
    column->addWidget(switches);
    column->addWidget(sampling);
    column->addSpacing(2000); // more than there is room for
    area.setWidget(inner);
    area.resize(400, 300);
    area.show();
    QVERIFY(QTest::qWaitForWindowExposed(&area));

    QList<QAbstractSpinBox *> boxes = inner->findChildren<QAbstractSpinBox *>();
    QVERIFY(boxes.size() >= 8); // new tokens, threads, and those of sampling
    for (QAbstractSpinBox *box : boxes) {
        const QString before = box->text();
        const int scrolled = area.verticalScrollBar()->value();
        turnWheelOver(box);
        QCOMPARE(box->text(), before);
        QVERIFY(!box->hasFocus());
        QVERIFY2(area.verticalScrollBar()->value() > scrolled, qPrintable(box->accessibleName()));
        area.verticalScrollBar()->setValue(0);
    }
}

void TestControls::theWheelTurnsTheNumberThatHasTheFocus()
{
    EngineSwitches switches;
    switches.setNewTokens(128);
    switches.show();
    QVERIFY(QTest::qWaitForWindowExposed(&switches));
    auto *box = switches.findChild<QSpinBox *>(QStringLiteral("newTokens"));
    QVERIFY(box != nullptr);
    switches.activateWindow();
    box->setFocus();
    QTRY_VERIFY(box->hasFocus());
    turnWheelOver(box);
    QVERIFY(switches.newTokens() < 128);
}

void TestControls::aPromptKeepsItsNoBreakSpaces()
{
    PromptEditor editor;
    const QString text = QStringLiteral("12\u00a0km\nand\u202f3\tm\n");
    editor.setPrompt(text);
    QCOMPARE(editor.prompt(), text);
    editor.setChatAvailable(true);
    editor.setChat(true);
    editor.setSystemPrompt(text);
    QCOMPARE(editor.systemPrompt(), text);
}

void TestControls::theHeadingOfAnOpenFoldStaysWhereItWas()
{
    FoldSection fold(QStringLiteral("Sampling"));
    fold.setSummary(QStringLiteral("greedy"));
    fold.body()->addWidget(new QLabel(QStringLiteral("what is inside")));
    fold.resize(320, 200);
    fold.show();
    QVERIFY(QTest::qWaitForWindowExposed(&fold));
    auto *heading = fold.findChild<QToolButton *>();
    const int left = heading->x();
    const int width = heading->width();
    QTest::mouseClick(heading, Qt::LeftButton);
    QVERIFY(fold.isOpen());
    QCoreApplication::processEvents();
    QCOMPARE(heading->x(), left);
    QCOMPARE(heading->width(), width);
    const auto says = [&fold](const QString &text) {
        const QList<QLabel *> labels = fold.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->isVisible() && label->text() == text;
        });
    };
    QVERIFY(!says(QStringLiteral("greedy"))); // the body says it now
    fold.setSummary(QStringLiteral("temperature 0.8"));
    QVERIFY(!says(QStringLiteral("temperature 0.8")));
    QTest::mouseClick(heading, Qt::LeftButton);
    QVERIFY(says(QStringLiteral("temperature 0.8")));
}

void TestControls::whatUnfoldsComesIntoView()
{
    ControlPanel panel;
    panel.resize(320, 700); // the folds stand at the lower end of it
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const QWidget *last = panel.engineDetails()->stepGraphs();
    QVERIFY(last->visibleRegion().isEmpty());
    panel.engineFold()->setOpen(true);
    QTRY_VERIFY(!last->visibleRegion().isEmpty());
}

QTEST_MAIN(TestControls)
#include "test_controls.moc"
