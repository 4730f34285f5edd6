// Checks the table of a SentencePiece normaliser (precompiled_charsmap) before the library walks
// it: the library follows its indices without looking.
#pragma once

#include <string>
#include <string_view>

namespace inferlab {

// Throws InputError when some text could lead the library outside of the table, overflow its buffer
// of 32 matches, or be replaced by something huge or ill-formed. Empty is fine: nothing is replaced
// then.
//
// Layout: u32 size in bytes of a Darts-clone double array, the array (u32 units, little-endian),
// replacements that end with NUL each. A unit: bits 0-7 label, 8 a key ends here, 9 the offset
// counts in 256s, 10-30 offset; or, bit 31 set, bits 0-30 value: where a replacement begins.
void checkCharsmap(std::string_view charsmap, const std::string &source);

} // namespace inferlab
