// The typeface of the window and of exported pictures.
#pragma once

#include <QFont>

namespace inferlab {

// Open Sans (its figures are all of one width, so numbers do not dance), from this program's
// resources when it was there at build time; else the system's own sans serif.
QFont interfaceFont();
// For token ids and code.
QFont monospaceFont();

// True when the embedded typeface is in use.
bool hasEmbeddedFont();

} // namespace inferlab
