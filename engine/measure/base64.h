// Base64 (RFC 4648, with padding): for token bytes that are not text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

std::string toBase64(std::string_view bytes);
// Nullopt for anything that toBase64() does not write.
std::optional<std::string> fromBase64(std::string_view text);

} // namespace inferlab
