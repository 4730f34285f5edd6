// The tokenizer.ggml.* keys of a GGUF file as a vocabulary.
#pragma once

#include "vocabulary.h"

namespace inferlab {

class GgufFile;

// Reads what every kind has: tokens, types, special ids. Throws InputError for keys that are
// missing, of the wrong type or length. `addsBegin`: what holds when the file does not say.
Vocabulary readGgufVocabulary(const GgufFile &file, bool addsBegin);

// tokenizer.ggml.merges, each "left right". Throws InputError.
std::vector<std::pair<std::string, std::string>> readGgufMerges(const GgufFile &file);

} // namespace inferlab
