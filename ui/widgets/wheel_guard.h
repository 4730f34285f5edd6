// A wheel that scrolls past a number box must not change the number.
#pragma once

class QWidget;

namespace inferlab {

// From now on the wheel turns `box` (a spin box, a combo box, a slider) only while it has the
// keyboard's focus, which a wheel does not give it; otherwise what is around it scrolls.
void guardFromWheel(QWidget *box);

} // namespace inferlab
