// The table of commands.
#include "actions.h"

#include "ui/charts/chart.h"
#include "ui/widgets/answer_grid.h"
#include "ui/widgets/segmented_control.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTextEdit>

namespace inferlab {

namespace {

struct Entry
{
    Command command;
    const char *text;
    const char *help;         // a sentence for the list of keys
    QList<QKeySequence> keys; // the first is shown
};

const QList<Entry> &entries()
{
    static const QList<Entry> table {
        {Command::Run,
         QT_TR_NOOP("Run"),
         QT_TR_NOOP("Ask the model, with the switches as they stand"),
         {QKeySequence(Qt::CTRL | Qt::Key_Enter), QKeySequence(Qt::CTRL | Qt::Key_Return)}},
        {Command::Stop,
         QT_TR_NOOP("Stop"),
         QT_TR_NOOP("Stop what runs; what was measured is kept"),
         {QKeySequence(Qt::Key_Escape)}},
        {Command::Pause,
         QT_TR_NOOP("Pause"),
         QT_TR_NOOP("Pause and go on, between two tokens"),
         {QKeySequence(Qt::Key_Space)}},
        {Command::PreviousToken,
         QT_TR_NOOP("Previous token"),
         QT_TR_NOOP("Mark the token before"),
         {QKeySequence(Qt::Key_Left)}},
        {Command::NextToken,
         QT_TR_NOOP("Next token"),
         QT_TR_NOOP("Mark the token after"),
         {QKeySequence(Qt::Key_Right)}},
        {Command::Open,
         QT_TR_NOOP("Open…"),
         QT_TR_NOOP("Open a GGUF model or a saved run"),
         {QKeySequence(Qt::CTRL | Qt::Key_O)}},
        {Command::Export,
         QT_TR_NOOP("Export…"),
         QT_TR_NOOP("Charts as SVG, PDF and PNG, data as CSV and JSON"),
         {QKeySequence(Qt::CTRL | Qt::Key_E)}},
        {Command::Present,
         QT_TR_NOOP("Present"),
         QT_TR_NOOP("Full screen, large, without the switches"),
         {QKeySequence(Qt::Key_F11)}},
        {Command::Sidebar,
         QT_TR_NOOP("Sidebar"),
         QT_TR_NOOP("Fold prompt and switches away, or back"),
         {QKeySequence(Qt::CTRL | Qt::Key_B)}},
        {Command::ZoomIn,
         QT_TR_NOOP("Larger"),
         QT_TR_NOOP("Everything larger"),
         {QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)}},
        {Command::ZoomOut,
         QT_TR_NOOP("Smaller"),
         QT_TR_NOOP("Everything smaller"),
         {QKeySequence(Qt::CTRL | Qt::Key_Minus)}},
        {Command::ZoomReset,
         QT_TR_NOOP("Actual size"),
         QT_TR_NOOP("Back to 100%"),
         {QKeySequence(Qt::CTRL | Qt::Key_0)}},
        {Command::Settings,
         QT_TR_NOOP("Settings"),
         QT_TR_NOOP("Theme, token tints, chart frame rate"),
         {QKeySequence(Qt::CTRL | Qt::Key_Comma)}},
        {Command::Help,
         QT_TR_NOOP("Help"),
         QT_TR_NOOP("These keys, and what the figures mean"),
         {QKeySequence(Qt::Key_F1)}},
        {Command::Quit,
         QT_TR_NOOP("Quit"),
         QT_TR_NOOP("Close the window; a run is stopped"),
         {QKeySequence(Qt::CTRL | Qt::Key_Q)}},
    };
    return table;
}

bool isTextField(const QWidget *widget)
{
    return qobject_cast<const QPlainTextEdit *>(widget) != nullptr
        || qobject_cast<const QTextEdit *>(widget) != nullptr
        || qobject_cast<const QLineEdit *>(widget) != nullptr
        || qobject_cast<const QAbstractSpinBox *>(widget) != nullptr;
}

// Widgets that walk with arrow keys themselves, and what is inside them.
bool usesArrows(const QWidget *widget)
{
    for (; widget != nullptr; widget = widget->parentWidget()) {
        if (qobject_cast<const SegmentedControl *>(widget) != nullptr
            || qobject_cast<const AnswerGrid *>(widget) != nullptr
            || qobject_cast<const QTabBar *>(widget) != nullptr
            || qobject_cast<const ChartCard *>(widget) != nullptr)
            return true;
    }
    return false;
}

} // namespace

Actions::Actions(QWidget *window)
    : QObject(window)
    , m_window(window)
{
    for (const Entry &entry : entries())
        m_actions.emplace(entry.command, add(tr(entry.text), tr(entry.help), entry.keys));
}

QAction *Actions::add(const QString &text, const QString &help, const QList<QKeySequence> &keys)
{
    auto *action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setWhatsThis(help);
    action->setData(keys.first().toString(QKeySequence::NativeText)); // for the help
    action->setToolTip(tooltip(action));
    m_window->addAction(action);
    return action;
}

QAction *Actions::addPage(const QString &title, int number)
{
    if (number < 1 || number > 9)
        return nullptr;
    const QKeySequence key(QKeyCombination(Qt::CTRL, static_cast<Qt::Key>(Qt::Key_0 + number)));
    m_pages.append(add(title, tr("The page %1").arg(title), {key}));
    return m_pages.back();
}

QList<QAction *> Actions::all() const
{
    QList<QAction *> actions;
    for (const Entry &entry : entries())
        actions += m_actions.at(entry.command);
    if (m_pages.size() > 1)
        actions += m_pages;
    return actions;
}

// A key sequence taken away is nobody's: the focused widget gets the key.
void Actions::followFocus(const QWidget *focus)
{
    const bool typing = isTextField(focus);
    const bool pressing = qobject_cast<const QAbstractButton *>(focus) != nullptr;
    const bool arrows = !typing && !usesArrows(focus);
    const auto keys = [](bool on, Qt::Key key) {
        return on ? QList<QKeySequence> {QKeySequence(key)} : QList<QKeySequence> {};
    };
    action(Command::Pause)->setShortcuts(keys(!typing && !pressing, Qt::Key_Space));
    action(Command::PreviousToken)->setShortcuts(keys(arrows, Qt::Key_Left));
    action(Command::NextToken)->setShortcuts(keys(arrows, Qt::Key_Right));
}

QString Actions::tooltip(const QAction *action)
{
    QString text = action->text();
    text.remove(QStringLiteral("…"));
    if (action->shortcut().isEmpty())
        return text;
    return QStringLiteral("%1 (%2)").arg(text,
                                         action->shortcut().toString(QKeySequence::NativeText));
}

} // namespace inferlab
