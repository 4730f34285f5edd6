// Reads a template's source into a tree. Anything that the interpreter does not have is refused
// here, by name.
#pragma once

#include "syntax_tree.h"

#include <string>
#include <string_view>

namespace inferlab::jinja {

// Throws InputError with the construct and the line.
Block parseTemplate(std::string_view source, const std::string &sourceName);

} // namespace inferlab::jinja
