// The answers of the knee's methods in words.
#pragma once

#include "engine/measure/knee.h"

#include <QString>

namespace inferlab {

QString kneeMethodName(const std::string &method); // "linear Kneedle"
QString kneeAnswerName(const KneeAnswer &answer);  // "+20% P99 (too few samples)"
// "linear Kneedle 8 · Kneedle 8 · max power 4 · USL peak none".
QString kneeWords(const KneeReport &report);

} // namespace inferlab
