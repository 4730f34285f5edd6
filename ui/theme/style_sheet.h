// The application's style sheet for a theme.
#pragma once

#include <QString>

namespace inferlab {

struct Theme;

// resources/style/inferlab.qss with its ${names} replaced. Every name must be known: asserted.
QString styleSheet(const Theme &theme);

} // namespace inferlab
