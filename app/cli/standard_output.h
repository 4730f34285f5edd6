// Standard output whose failures are noticed when they happen: a full disk ends a stream of tokens
// at its first lost byte and not after the last one.
#pragma once

#include <string_view>

namespace inferlab::cli {

// All of them throw std::runtime_error, with the reason, once something could not be written.
void writeOut(std::string_view text);
[[gnu::format(printf, 1, 2)]] void printOut(const char *format, ...);
void flushOut(); // what was written so far reaches whoever reads it

} // namespace inferlab::cli
