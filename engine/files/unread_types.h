// Names of GGUF tensor types that this program does not read, for messages. Source: ggml's ggml.h.
#pragma once

#include <cstdint>
#include <string>

namespace inferlab {

// "IQ2_XS (type 17)", "Q4_0_4_4 (type 31, removed from the format)", "type 99".
std::string describeUnknownType(uint32_t id);

} // namespace inferlab
