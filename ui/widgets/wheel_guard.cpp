// An event filter that leaves the event to the parents.
#include "wheel_guard.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QEvent>
#include <QSlider>

namespace inferlab {

namespace {

// Null for widgets that the wheel may turn.
QWidget *guarded(QObject *object)
{
    const bool is = qobject_cast<QAbstractSpinBox *>(object) != nullptr
        || qobject_cast<QComboBox *>(object) != nullptr
        || qobject_cast<QSlider *>(object) != nullptr;
    return is ? static_cast<QWidget *>(object) : nullptr;
}

} // namespace

WheelGuard::WheelGuard(QObject *parent)
    : QObject(parent)
{
    qApp->installEventFilter(this);
}

bool WheelGuard::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Polish) { // before it is shown for the first time
        QWidget *widget = guarded(watched);
        if (widget != nullptr && widget->focusPolicy() == Qt::WheelFocus)
            widget->setFocusPolicy(Qt::StrongFocus);
    } else if (event->type() == QEvent::Wheel) {
        const QWidget *widget = guarded(watched);
        if (widget != nullptr && !widget->hasFocus()) {
            event->ignore(); // so that it goes on to the parent
            return true;
        }
    }
    return false;
}

} // namespace inferlab
