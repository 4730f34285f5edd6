// A GGUF file that holds nothing but a byte-level BPE vocabulary, as converters write it.
#pragma once

#include "support/gguf_writer.h"

#include <string>
#include <vector>

namespace inferlab::test {

inline GgufWriter byteBpeGguf(const std::string &pre, const std::vector<std::string> &tokens,
                              const std::vector<int32_t> &types,
                              const std::vector<std::string> &merges)
{
    GgufWriter writer;
    writer.addKey("general.architecture", ggufText("llama"));
    writer.addKey("tokenizer.ggml.model", ggufText("gpt2"));
    writer.addKey("tokenizer.ggml.pre", ggufText(pre));
    writer.addKey("tokenizer.ggml.tokens", ggufTexts(tokens));
    writer.addKey("tokenizer.ggml.token_type", ggufI32s(types));
    writer.addKey("tokenizer.ggml.merges", ggufTexts(merges));
    return writer;
}

} // namespace inferlab::test
