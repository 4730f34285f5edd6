// Exclusive buttons in a row.
#include "segmented_control.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kPadding = 8; // both sides of a number together, each side of a word

} // namespace

SegmentedControl::SegmentedControl(const QStringList &labels, QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (const QString &label : labels) {
        auto *button = new QPushButton(label, this);
        const int index = count();
        button->setCheckable(true);
        button->setProperty("kind", QStringLiteral("segment"));
        button->setProperty("place",
                            index == 0                       ? QStringLiteral("first")
                                : index + 1 == labels.size() ? QStringLiteral("last")
                                                             : QStringLiteral("middle"));
        button->setFocusPolicy(index == 0 ? Qt::TabFocus : Qt::NoFocus);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        button->installEventFilter(this);
        connect(button, &QPushButton::clicked, this, [this, index] {
            setCurrent(index);
            m_buttons[static_cast<size_t>(m_current)]->setChecked(true); // a second click keeps it
        });
        row->addWidget(button, 1);
        m_buttons.push_back(button);
    }
    m_buttons.front()->setChecked(true);
    fitButtons();
}

// Wide enough for the label even when it is chosen, and bold.
void SegmentedControl::fitButtons()
{
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    for (QPushButton *button : m_buttons) {
        const int digits = metrics.horizontalAdvance(QStringLiteral("00"));
        button->setMinimumWidth(std::max(digits, metrics.horizontalAdvance(button->text()))
                                + (button->text().size() > 3 ? 2 * kPadding : kPadding));
    }
}

void SegmentedControl::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fitButtons();
}

void SegmentedControl::setCurrent(int index)
{
    if (index < 0 || index >= count() || index == m_current)
        return;
    const bool hadFocus = button(m_current)->hasFocus();
    button(m_current)->setChecked(false);
    button(m_current)->setFocusPolicy(Qt::NoFocus);
    m_current = index;
    button(index)->setChecked(true);
    button(index)->setFocusPolicy(Qt::TabFocus);
    if (hadFocus)
        button(index)->setFocus();
    emit currentChanged(index);
}

void SegmentedControl::setLabel(int index, const QString &label)
{
    button(index)->setText(label);
    fitButtons();
}

void SegmentedControl::setAvailable(int index, bool available, const QString &reason)
{
    button(index)->setEnabled(available);
    button(index)->setToolTip(reason);
}

bool SegmentedControl::isAvailable(int index) const
{
    return button(index)->isEnabled();
}

bool SegmentedControl::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Up) {
            move(-1);
            return true;
        }
        if (key == Qt::Key_Right || key == Qt::Key_Down) {
            move(1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void SegmentedControl::move(int step)
{
    for (int index = m_current + step; index >= 0 && index < count(); index += step) {
        if (isAvailable(index)) {
            setCurrent(index);
            return;
        }
    }
}

} // namespace inferlab
