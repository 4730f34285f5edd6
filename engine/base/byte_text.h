// Amounts of memory for people: "1.4 GiB", "22.5 KiB".
#pragma once

#include <cstdint>
#include <string>

namespace inferlab {

std::string byteText(uint64_t bytes);

} // namespace inferlab
