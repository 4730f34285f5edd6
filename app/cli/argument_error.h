// What is wrong with the arguments, in this program's words: the parser's own are two lines, do not
// always name what they are about, and differ from version to version.
#pragma once

#include "engine/base/error.h"

#include <CLI/CLI.hpp>

namespace inferlab::cli {

// For what app.parse() threw, while `app` still holds what it had read. Calls for help and for the
// version are not errors and have no line.
InputError argumentError(const CLI::App &app, const CLI::ParseError &error);

} // namespace inferlab::cli
