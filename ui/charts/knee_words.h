// The answers of the knee's methods in words.
#pragma once

#include "engine/measure/knee.h"

#include <QString>

namespace inferlab {

QString kneeMethodName(const std::string &method); // "linear Kneedle"
// "linear Kneedle 8 · Kneedle 8 · max power 4 · USL peak none".
QString kneeWords(const KneeReport &report);

} // namespace inferlab
