// A byte-level BPE vocabulary of any size, made by rule.
#include "random_model.h"

#include <algorithm>
#include <stdexcept>

namespace inferlab::test {

namespace {

std::string utf8(uint32_t codePoint)
{
    if (codePoint < 0x80)
        return {static_cast<char>(codePoint)};
    return {static_cast<char>(0xc0 | codePoint >> 6), static_cast<char>(0x80 | (codePoint & 0x3f))};
}

bool isPrintableLatin1(uint32_t byte)
{
    return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

// GPT-2's writing of bytes: printable ones stand for themselves, the others for U+0100 and up, in
// order.
std::vector<std::string> byteTokens()
{
    std::vector<std::string> tokens;
    uint32_t next = 0x100;
    for (uint32_t byte = 0; byte < 256; ++byte)
        tokens.push_back(utf8(isPrintableLatin1(byte) ? byte : next++));
    return tokens;
}

struct Vocabulary
{
    std::vector<std::string> tokens;
    std::vector<std::string> merges;
    size_t size = 0;

    bool full() const { return tokens.size() >= size; }
    void merge(const std::string &left, const std::string &right)
    {
        if (full())
            return;
        tokens.push_back(left + right);
        merges.push_back(left + " " + right);
    }
};

void addMerges(Vocabulary &vocabulary)
{
    std::vector<std::string> letters;
    for (char c = 'a'; c <= 'z'; ++c)
        letters.emplace_back(1, c);
    std::vector<std::string> pairs;
    for (const std::string &letter : letters)
        vocabulary.merge(utf8(0x120), letter); // U+0120 is the space
    for (const std::string &a : letters) {
        for (const std::string &b : letters) {
            vocabulary.merge(a, b);
            pairs.push_back(a + b);
        }
    }
    for (const std::string &pair : pairs) {
        for (const std::string &letter : letters)
            vocabulary.merge(pair, letter);
    }
    for (const std::string &a : pairs) {
        for (const std::string &b : pairs) {
            if (vocabulary.full())
                return;
            vocabulary.merge(a, b);
        }
    }
}

constexpr const char *kChatTemplate = "{% for message in messages %}{{ '<|im_start|>' + "
                                      "message['role'] + '\n' + message['content'] + "
                                      "'<|im_end|>' + '\n' }}{% endfor %}{% if "
                                      "add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
                                      "{% endif %}";

} // namespace

void addVocabulary(GgufWriter &writer, int32_t size)
{
    if (size < kMinVocabulary)
        throw std::invalid_argument("a vocabulary has at least " + std::to_string(kMinVocabulary)
                                    + " tokens");
    Vocabulary vocabulary;
    vocabulary.size = static_cast<size_t>(size);
    vocabulary.tokens = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
    const size_t specials = vocabulary.tokens.size();
    for (const std::string &token : byteTokens())
        vocabulary.tokens.push_back(token);
    addMerges(vocabulary);
    if (!vocabulary.full())
        throw std::invalid_argument("a vocabulary has at most "
                                    + std::to_string(vocabulary.tokens.size()) + " tokens");
    constexpr int32_t kNormal = 1;
    constexpr int32_t kControl = 3;
    std::vector<int32_t> types(vocabulary.size, kNormal);
    std::fill_n(types.begin(), specials, kControl);

    writer.addKey("tokenizer.ggml.model", ggufText("gpt2"));
    writer.addKey("tokenizer.ggml.pre", ggufText("smollm"));
    writer.addKey("tokenizer.ggml.tokens", ggufTexts(vocabulary.tokens));
    writer.addKey("tokenizer.ggml.token_type", ggufI32s(types));
    writer.addKey("tokenizer.ggml.merges", ggufTexts(vocabulary.merges));
    writer.addKey("tokenizer.ggml.bos_token_id", ggufU32(1));
    writer.addKey("tokenizer.ggml.eos_token_id", ggufU32(2));
    writer.addKey("tokenizer.ggml.add_bos_token", ggufBool(false));
    writer.addKey("tokenizer.chat_template", ggufText(kChatTemplate));
}

} // namespace inferlab::test
