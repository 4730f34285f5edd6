// What stands in the prompt box of a first start, and what the demo asks.
#pragma once

namespace inferlab {

inline constexpr auto kFirstPrompt = "What is the capital of France, and why is it worth a visit?";

} // namespace inferlab
