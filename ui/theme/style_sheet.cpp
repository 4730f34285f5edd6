// Fills the style sheet template with the colours and sizes of a theme.
#include "ui/theme/style_sheet.h"

#include "ui/theme/theme.h"

#include <QFile>
#include <QHash>
#include <QRegularExpression>

namespace inferlab {

namespace {

QHash<QString, QString> namesOf(const Theme &theme)
{
    const auto size = [&theme](double at100) { return QString::number(theme.px(at100)); };
    const QString tone = theme.dark ? QStringLiteral("dark") : QStringLiteral("light");
    return {{"window", theme.window.name()},
            {"surface", theme.surface.name()},
            {"hover", theme.hover.name()},
            {"border", theme.border.name()},
            {"controlBorder", theme.controlBorder.name()},
            {"text", theme.text.name()},
            {"mutedText", theme.mutedText.name()},
            {"disabledText", theme.disabledText.name()},
            {"accent", theme.accent.name()},
            {"accentHover",
             theme.dark ? theme.accent.lighter(112).name() : theme.accent.darker(112).name()},
            {"onAccent", theme.onAccent.name()},
            {"accentWash", theme.accentWash.name()},
            {"error", theme.error.name()},
            {"errorWash", theme.errorWash.name()},
            {"tone", tone},
            {"textSmall", size(11)},
            {"textTitle", size(16)},
            {"textBig", size(22)},
            {"s2", size(2)},
            {"s4", size(4)},
            {"s6", size(6)},
            {"s8", size(8)},
            {"s10", size(10)},
            {"s12", size(12)},
            {"s16", size(16)},
            {"s20", size(20)},
            {"s24", size(24)},
            {"s28", size(28)}};
}

} // namespace

QString styleSheet(const Theme &theme)
{
    QFile file(QStringLiteral(":/inferlab/style/inferlab.qss"));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(opened, "styleSheet", "the style sheet is a resource of this library");
    if (!opened)
        return {};
    const QString source = QString::fromUtf8(file.readAll());
    const QHash<QString, QString> names = namesOf(theme);
    const QRegularExpression name(QStringLiteral("\\$\\{([a-zA-Z0-9]+)\\}"));
    QString out;
    qsizetype last = 0;
    for (auto it = name.globalMatch(source); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        Q_ASSERT_X(names.contains(match.captured(1)), "styleSheet", qPrintable(match.captured(1)));
        out += QStringView(source).mid(last, match.capturedStart() - last);
        out += names.value(match.captured(1));
        last = match.capturedEnd();
    }
    out += QStringView(source).mid(last);
    return out;
}

} // namespace inferlab
