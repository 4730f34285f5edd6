// What tokenize and template share: files as text, JSON Lines, and pieces as JSON has them.
#pragma once

#include "engine/base/json.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace inferlab::cli {

// The whole file. Throws InputError.
std::string readTextFile(const std::string &path);

// One JSON document a line; lines end at \n only and empty ones are passed over. Throws InputError
// that names the line.
std::vector<Json> readJsonLines(const std::string &path);

// Bytes of each token as text; a token that is part of a character shows U+FFFD.
Json piecesToJson(const Tokenizer &tokenizer, const std::vector<int32_t> &ids);

} // namespace inferlab::cli
