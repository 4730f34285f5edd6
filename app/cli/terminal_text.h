// Text from files on a terminal: nothing in it may move the cursor, change colours or turn the
// reading direction.
#pragma once

#include <string>
#include <string_view>

namespace inferlab::cli {

// Control characters, bytes that are not UTF-8 and invisible direction marks become escapes such as
// \n, \x1b and \u{202e}; all else stays. At most `maximumBytes` of output, then "...".
std::string terminalSafe(std::string_view text, size_t maximumBytes = std::string::npos);

} // namespace inferlab::cli
