// How numbers are written in the window: the field's units, two or three digits, thousands apart.
#pragma once

#include <QString>
#include <cstdint>

namespace inferlab::figures {

QString count(int64_t value);      // "6,144"
QString milliseconds(double ms);   // "6.3 ms", "0.42 ms", "1,204 ms"
QString seconds(double s);         // "27 ms", "0.31 s", "12.4 s", "3 min 20 s"
QString clock(double s);           // "4.2 s" and, from a minute on, "1:05"
QString tokPerSecond(double rate); // "42.1", "152", "8,410"; without the unit
QString bytes(uint64_t size);      // "92 MiB", "1.4 GiB"
QString probability(double p);     // ".91", "1.00", "<.01"

// A token's piece as one reads it: quotes, line feeds and other control characters written out,
// bytes that are no character as hex.
QString quotedPiece(const std::string &piece);

} // namespace inferlab::figures
