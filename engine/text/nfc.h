// Unicode's canonical composition (NFC), which Qwen's tokenizer applies before anything else.
#pragma once

#include <string>
#include <string_view>

namespace inferlab {

// Ill-formed bytes stay as they are; the text between them is normalised. Linear but for sorting
// the marks of one character, O(n log n).
std::string toNfc(std::string_view text);

} // namespace inferlab
