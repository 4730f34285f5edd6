// Writes numbers for people.
#include "figures.h"

#include "engine/base/number_text.h"
#include "engine/text/utf8_stream.h"

#include <QLocale>
#include <cmath>

namespace inferlab::figures {

namespace {

// English everywhere: the window's words are, and a lecture's screenshots should agree.
QLocale locale()
{
    return QLocale(QLocale::English, QLocale::UnitedStates);
}

QString fixed(double value, int decimals)
{
    return locale().toString(value, 'f', decimals);
}

} // namespace

QString count(int64_t value)
{
    return locale().toString(static_cast<qlonglong>(value));
}

QString milliseconds(double ms)
{
    return QString::fromStdString(rateText(ms)) + QStringLiteral(" ms");
}

QString seconds(double s)
{
    return QString::fromStdString(durationText(s));
}

QString clock(double s)
{
    if (s < 59.95)
        return fixed(s, 1) + QStringLiteral(" s");
    const auto whole = static_cast<int64_t>(s);
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

QString tokPerSecond(double rate)
{
    return QString::fromStdString(rateText(rate));
}

QString bytes(uint64_t size)
{
    constexpr double kMiB = 1024.0 * 1024.0;
    const auto value = static_cast<double>(size);
    if (value < kMiB)
        return QStringLiteral("%1 KiB").arg(fixed(value / 1024.0, 0));
    if (value < 1000 * kMiB)
        return QStringLiteral("%1 MiB").arg(fixed(value / kMiB, value < 9.95 * kMiB ? 1 : 0));
    const double gib = value / (1024.0 * kMiB);
    return QStringLiteral("%1 GiB").arg(fixed(gib, gib < 99.95 ? 1 : 0));
}

QString probability(double p)
{
    if (p > 0 && p < 0.005)
        return QStringLiteral("<.01");
    const QString text = fixed(p, 2);
    return text.startsWith(QLatin1Char('0')) ? text.mid(1) : text;
}

QString quotedPiece(const std::string &piece)
{
    QString text;
    if (isValidUtf8(piece)) {
        for (const QChar c : QString::fromStdString(piece)) {
            if (c == QLatin1Char('\n'))
                text += QStringLiteral("\\n");
            else if (c == QLatin1Char('\t'))
                text += QStringLiteral("\\t");
            else if (c.unicode() < 0x20 || c.unicode() == 0x7f)
                text += QStringLiteral("\\x%1").arg(c.unicode(), 2, 16, QLatin1Char('0'));
            else
                text += c;
        }
    } else {
        for (const char byte : piece)
            text += QStringLiteral("\\x%1").arg(static_cast<unsigned char>(byte), 2, 16,
                                                QLatin1Char('0'));
    }
    return QLatin1Char('"') + text + QLatin1Char('"');
}

} // namespace inferlab::figures
