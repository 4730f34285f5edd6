// Amounts of memory and counts for people: "1.4 GiB", "49,152".
#pragma once

#include <cstdint>
#include <string>

namespace inferlab {

std::string byteText(uint64_t bytes);
std::string countWithSeparators(uint64_t count);

} // namespace inferlab
