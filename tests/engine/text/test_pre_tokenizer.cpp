// The scanners word by word, where their patterns are easily read wrongly, and on any bytes at all.
#include "engine/text/nfc.h"
#include "engine/text/pre_tokenizer.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace inferlab;

namespace {

constexpr PreTokenizer kAll[] = {PreTokenizer::Gpt2, PreTokenizer::SmolLm, PreTokenizer::LlamaBpe,
                                 PreTokenizer::Qwen2};

std::string words(PreTokenizer kind, const std::string &text)
{
    std::string joined;
    for (size_t position = 0; position < text.size();) {
        const size_t length = wordLength(kind, text, position);
        if (length == 0 || position + length > text.size())
            FAIL("a word of " << length << " bytes at " << position << " of " << text.size());
        joined += (position == 0 ? "" : "|") + text.substr(position, length);
        position += length;
    }
    return joined;
}

} // namespace

TEST_CASE("contractions: lower case alone for GPT-2's pattern, any case for Llama 3's")
{
    CHECK(words(PreTokenizer::Gpt2, "I'm we'LL don't 'sam'") == "I|'m| we|'|LL| don|'t| '|sam|'");
    CHECK(words(PreTokenizer::LlamaBpe, "I'm we'LL don't 'sam'")
          == "I|'m| we|'LL| don|'t| '|sam|'");
    CHECK(words(PreTokenizer::LlamaBpe, "'sam we'Re x'd'") == "'s|am| we|'Re| x|'d|'");
    // The long s folds to s; Kelvin signs and the like fold to none of the letters.
    CHECK(words(PreTokenizer::LlamaBpe, "it'ſx 'ﬅ") == "it|'ſ|x| '|ﬅ");
    CHECK(words(PreTokenizer::Gpt2, "it'ſx") == "it|'|ſx");
}

TEST_CASE("digits: together, alone and first, in threes")
{
    CHECK(words(PreTokenizer::Gpt2, "ab1234 567 ٣५Ⅷ½") == "ab|1234| 567| ٣५Ⅷ½");
    CHECK(words(PreTokenizer::SmolLm, "ab12 34") == "ab|1|2| |3|4");
    CHECK(words(PreTokenizer::SmolLm, "x  7   y")
          == "x|  |7|  | y"); // the part ends before a digit
    CHECK(words(PreTokenizer::Gpt2, "x  7   y") == "x| | 7|  | y");
    CHECK(words(PreTokenizer::LlamaBpe, "1234567 89") == "123|456|7| |89");
    CHECK(words(PreTokenizer::Qwen2, "12 3") == "1|2| |3");
}

TEST_CASE("white space: the last one goes with the word, new lines end a Llama 3 word")
{
    CHECK(words(PreTokenizer::Gpt2, "a   b \n\n c  ") == "a|  | b| \n\n| c|  ");
    CHECK(words(PreTokenizer::Gpt2, "a\t\tb") == "a|\t|\t|b");
    CHECK(words(PreTokenizer::Gpt2,
                "a\xc2\xa0\xc2\xa0"
                "b")
          == "a|\xc2\xa0|\xc2\xa0|b");
    CHECK(words(PreTokenizer::LlamaBpe, "a  \n \n  b!\r\n\nc\td")
          == "a|  \n \n| | b|!\r\n\n|c|\td");
    CHECK(words(PreTokenizer::LlamaBpe, "  ") == "  ");
    CHECK(words(PreTokenizer::LlamaBpe,
                ".a ..a (b\xe2\x80\xa8"
                "c")
          == ".a| ..|a| (|b|\xe2\x80\xa8"
             "c");
}

TEST_CASE("any bytes are cut into words without a gap, in linear time")
{
    static const std::vector<std::string> kParts = {
        "a",    "é",        "日", "7",  "٣",   " ", "  ",       "\t",
        "\n",   "\r\n",     "'",  "'s", "'LL", "!", "\xc2\x85", "\xe2\x80\xa8",
        "\xff", "\xe2\x82", "🚀"};
    std::mt19937 random(2);
    for (int round = 0; round < 4000; ++round) {
        std::string text;
        for (unsigned i = 0; i < random() % 30; ++i)
            text += kParts[random() % kParts.size()];
        for (const PreTokenizer kind : kAll) {
            std::string plain = words(kind, text);
            std::erase(plain, '|');
            CHECK(plain == text);
        }
    }
    for (const std::string &part : kParts) {
        std::string text;
        while (text.size() < 1000000)
            text += part;
        for (const PreTokenizer kind : kAll)
            CHECK(words(kind, text).size() >= text.size());
    }
}

TEST_CASE("names of pre-tokenisers")
{
    CHECK(preTokenizerByName("llama-bpe") == PreTokenizer::LlamaBpe);
    CHECK(preTokenizerByName("llama3") == PreTokenizer::LlamaBpe);
    CHECK_FALSE(preTokenizerByName("").has_value());
    for (const PreTokenizer kind : kAll)
        CHECK(preTokenizerByName(preTokenizerName(kind)) == kind);
}

TEST_CASE("NFC: composition, its exclusions, the order of marks")
{
    CHECK(toNfc("plain") == "plain");
    CHECK(toNfc("e\u0301 A\u030a \u212b") == "é Å Å");
    CHECK(toNfc("q\u0307\u0323") == "q\u0323\u0307"); // UAX 15: marks in order of their class
    CHECK(toNfc("\u1e0b\u0323") == "\u1e0d\u0307");
    CHECK(toNfc("\u1112\u1161\u11ab") == "한");
    CHECK(toNfc("\u0958") == "\u0915\u093c");         // excluded from composition
    CHECK(toNfc("\ufb01 \u2460") == "\ufb01 \u2460"); // compatibility characters stay
    CHECK(toNfc("e\xff\u0301") == "e\xff\u0301");     // not across bytes that are not UTF-8
    const std::string once = toNfc("Z\u0351\u036b\u0343a\u0334\u1ec7");
    CHECK(toNfc(once) == once);
}

TEST_CASE("half a million marks on one letter are put in order in passing")
{
    std::string text = "a";
    for (int i = 0; i < 250000; ++i)
        text += "\u0301\u0323"; // above (class 230), below (class 220)
    const std::string normal = toNfc(text);
    // U+1EA1, a with dot below, takes in one mark: 3 bytes for 3.
    CHECK(normal.size() == text.size());
    CHECK(normal.substr(0, 7) == "\u1ea1\u0323\u0323");
    CHECK(normal.ends_with("\u0301\u0301"));
}
