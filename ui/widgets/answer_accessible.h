// What a screen reader gets of an answer: its text as a whole.
#pragma once

namespace inferlab {

// Once, before the first AnswerText is asked for its interface; further calls do nothing.
void installAnswerAccessibility();

} // namespace inferlab
