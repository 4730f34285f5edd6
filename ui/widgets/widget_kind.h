// How the style sheet tells widgets apart: its `kind`, and what follows from it.
#pragma once

#include <QMenu>
#include <QPushButton>
#include <QString>
#include <QStyle>
#include <QWidget>

namespace inferlab {

// Sets the kind and lets it take effect.
inline void setKind(QWidget *widget, const QString &kind)
{
    if (widget->property("kind").toString() == kind)
        return;
    widget->setProperty("kind", kind);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

// A caption that may become a warning.
inline void setCaption(QWidget *label, bool problem)
{
    setKind(label, problem ? QStringLiteral("errorCaption") : QStringLiteral("caption"));
}

// A button with a menu of its own. (QPushButton::setMenu makes Qt's style sheets forget the text's
// padding.)
inline void popUpBelow(QPushButton *button, QMenu *menu)
{
    QObject::connect(button, &QPushButton::clicked, menu, [button, menu] {
        menu->popup(button->mapToGlobal(QPoint(0, button->height())));
    });
}

} // namespace inferlab
