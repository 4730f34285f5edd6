// Sets the style sheet's `kind` of a widget and lets it take effect.
#pragma once

#include <QString>
#include <QStyle>
#include <QWidget>

namespace inferlab {

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

} // namespace inferlab
