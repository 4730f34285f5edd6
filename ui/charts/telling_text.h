// Names of things side by side, cut to the room there is so that they still tell one from the
// other.
#pragma once

#include <QStringList>

class QFontMetricsF;

namespace inferlab {

// The text at `index`, at most `room` pixels wide. What does not fit loses first what it shares
// with the others: whole parts ("batch 8" of "KV cache off, batch 8"), then the beginning that it
// has in common with the one most like it, for which an ellipsis stands.
QString tellingText(const QStringList &texts, qsizetype index, const QFontMetricsF &metrics,
                    double room);

} // namespace inferlab
