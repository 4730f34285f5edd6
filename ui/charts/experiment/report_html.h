// Words and rows of tables as the HTML of a report.
#pragma once

#include <QString>
#include <QStringList>
#include <string_view>

namespace inferlab {

inline QString escaped(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())).toHtmlEscaped();
}

// cells: HTML. tag: "th" for headings.
inline QString tableRow(const QStringList &cells, const char *tag = "td")
{
    QString out = QStringLiteral("<tr>");
    for (const QString &cell : cells)
        out += QStringLiteral("<%1>%2</%1>").arg(QLatin1String(tag), cell);
    return out + QStringLiteral("</tr>\n");
}

} // namespace inferlab
