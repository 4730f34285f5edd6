// Leaves out what texts share.
#include "ui/charts/telling_text.h"

#include <QFontMetricsF>
#include <QSet>
#include <algorithm>
#include <functional>

namespace inferlab {

namespace {

constexpr auto kBetweenParts = ", ";
constexpr QChar kEllipsis(0x2026);

using Fits = std::function<bool(const QString &)>;

QStringList partsOf(const QString &text)
{
    return text.split(QLatin1String(kBetweenParts));
}

// An empty part was left out. No mark stands for it: what is left is true without it.
QString joined(QStringList parts)
{
    parts.removeAll(QString());
    return parts.join(QLatin1String(kBetweenParts));
}

// Whether no other text has all of these parts.
bool tells(const QStringList &parts, const std::vector<QSet<QString>> &others)
{
    return std::none_of(others.begin(), others.end(), [&parts](const QSet<QString> &other) {
        return std::all_of(parts.begin(), parts.end(), [&other](const QString &part) {
            return part.isEmpty() || other.contains(part);
        });
    });
}

// Leaves out part by part, first what most others have too, while the rest still tells.
QString withoutSharedParts(const QString &text, const QStringList &others, const Fits &fits)
{
    std::vector<QSet<QString>> sets;
    for (const QString &other : others) {
        const QStringList parts = partsOf(other);
        sets.emplace_back(parts.begin(), parts.end());
    }
    QStringList parts = partsOf(text);
    while (!fits(joined(parts))) {
        qsizetype best = -1;
        std::ptrdiff_t most = 0;
        for (qsizetype i = 0; i < parts.size(); ++i) {
            const auto sharing =
                std::count_if(sets.begin(), sets.end(), [&](const QSet<QString> &other) {
                    return !parts[i].isEmpty() && other.contains(parts[i]);
                });
            QStringList rest = parts;
            rest[i].clear();
            if (sharing > most && tells(rest, sets)) {
                most = sharing;
                best = i;
            }
        }
        if (best < 0)
            break;
        parts[best].clear();
    }
    return joined(parts);
}

bool isInsideWord(const QString &text, qsizetype at)
{
    const auto isWord = [&text](qsizetype i) {
        return text[i].isLetterOrNumber() || text[i] == QLatin1Char('_');
    };
    if (at <= 0 || at >= text.size())
        return false;
    if (text[at - 1] == QLatin1Char('.') && text[at].isDigit()) // a decimal point
        return at >= 2 && text[at - 2].isDigit();
    return isWord(at - 1);
}

// Where the text begins to differ from the one most like it, at the start of a word.
qsizetype firstDifference(const QString &text, const QStringList &others)
{
    qsizetype head = 0;
    for (const QString &other : others) {
        const auto [at, there] =
            std::mismatch(text.begin(), text.end(), other.begin(), other.end());
        head = std::max<qsizetype>(head, at - text.begin());
    }
    while (isInsideWord(text, head))
        --head;
    return head;
}

// As much of the shared beginning as there is room for, and what differs.
QString withoutSharedBeginning(const QString &text, const QStringList &others, const Fits &fits)
{
    const qsizetype head = firstDifference(text, others);
    if (head <= 0 || head >= text.size())
        return text;
    for (qsizetype kept = head - 1; kept > 0; --kept) {
        const QString shorter = text.left(kept).trimmed() + kEllipsis + text.mid(head);
        if (fits(shorter))
            return shorter;
    }
    return kEllipsis + text.mid(head);
}

} // namespace

QString tellingText(const QStringList &texts, qsizetype index, const QFontMetricsF &metrics,
                    double room)
{
    const Fits fits = [&metrics, room](const QString &text) {
        return metrics.horizontalAdvance(text) <= room;
    };
    if (fits(texts[index]))
        return texts[index];
    QStringList others = texts;
    others.removeAll(texts[index]);
    others.removeAll(QString());
    const QString some = withoutSharedParts(texts[index], others, fits);
    if (fits(some))
        return some;
    const QString least = withoutSharedBeginning(some, others, fits);
    return fits(least) ? least : metrics.elidedText(least, Qt::ElideRight, room);
}

} // namespace inferlab
