// Words that come again, long and short ones, against byte-pair encoding in its plainest form: one
// merge at a time over strings, from the same list of merges.
#include "engine/text/word_memo.h"

#include "engine/text/tokenizer.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace inferlab;

namespace {

const std::filesystem::path kFolder = INFERLAB_FIXTURES "/text/tiny/gpt2";

class PlainBpe
{
public:
    PlainBpe()
    {
        std::ifstream file(kFolder / "tokenizer.json");
        const nlohmann::json model = nlohmann::json::parse(file).at("model");
        m_vocabulary = model.at("vocab").get<std::map<std::string, int32_t>>();
        for (const nlohmann::json &merge : model.at("merges"))
            m_ranks.emplace(
                std::pair {merge.at(0).get<std::string>(), merge.at(1).get<std::string>()},
                m_ranks.size());
    }

    // Of a word of letters: they stand for themselves in the byte alphabet.
    std::vector<int32_t> encode(const std::string &word) const
    {
        std::vector<std::string> parts;
        for (const char letter : word)
            parts.emplace_back(1, letter);
        for (;;) {
            size_t best = m_ranks.size();
            size_t place = 0;
            for (size_t i = 0; i + 1 < parts.size(); ++i) {
                const auto found = m_ranks.find({parts[i], parts[i + 1]});
                if (found != m_ranks.end() && found->second < best) {
                    best = found->second;
                    place = i;
                }
            }
            if (best == m_ranks.size())
                break;
            parts[place] += parts[place + 1];
            parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(place) + 1);
        }
        std::vector<int32_t> ids;
        for (const std::string &part : parts)
            ids.push_back(m_vocabulary.at(part));
        return ids;
    }

private:
    std::map<std::string, int32_t> m_vocabulary;
    std::map<std::pair<std::string, std::string>, size_t> m_ranks;
};

std::string randomWord(std::mt19937 &random, size_t letters)
{
    static const std::string common = "etaoinshrdlu"; // pairs of them are what merges are made of
    std::string word;
    for (size_t i = 0; i < letters; ++i)
        word += common[random() % common.size()];
    return word;
}

} // namespace

TEST_CASE("words of every length merge as in the plainest way, alone and when they come again")
{
    const auto tokenizer = openTokenizer(kFolder);
    const PlainBpe plain;
    std::mt19937 random(7);
    // Separated by marks that merge with no letter, so that the text's words are known here.
    std::string text;
    std::vector<int32_t> expected;
    const std::vector<int32_t> mark = tokenizer->encode("#", SpecialTokens::Plain);
    REQUIRE(mark.size() == 1);
    std::vector<std::string> words;
    for (size_t letters = 1; letters <= 70; ++letters)
        words.push_back(randomWord(random, letters));
    for (int i = 0; i < 3000; ++i) {
        // Many short words: more than there are slots for so short a text.
        const std::string word =
            i % 3 == 0 ? words[random() % words.size()] : randomWord(random, 1 + random() % 4);
        const std::vector<int32_t> ids = plain.encode(word);
        CAPTURE(word);
        CHECK(tokenizer->encode(word, SpecialTokens::Plain) == ids);
        text += word + "#";
        expected.insert(expected.end(), ids.begin(), ids.end());
        expected.push_back(mark.front());
    }
    CHECK(tokenizer->encode(text, SpecialTokens::Plain) == expected);
}

TEST_CASE("a memo tells words apart, forgets the older of two on one slot, and takes no long ones")
{
    WordMemo memo(0); // the fewest slots
    const std::vector<int32_t> three {1, 2, 3};
    memo.find("word").keep(three);
    const auto tokensOf = [&](std::string_view word) {
        const auto tokens = memo.find(word).tokens();
        return std::vector<int32_t>(tokens.begin(), tokens.end());
    };
    CHECK(tokensOf("word") == three);
    CHECK(tokensOf("wore").empty());
    using namespace std::string_view_literals;
    memo.find("a"sv).keep(three);
    CHECK(tokensOf("a\0"sv).empty());

    CHECK_FALSE(memo.find("").exists());
    CHECK(memo.find("fifteen letters").exists());
    CHECK_FALSE(memo.find("sixteen letters.").exists());
    memo.find("eleven").keep(std::vector<int32_t>(11, 4));
    CHECK(tokensOf("eleven").size() == 11);
    memo.find("twelve").keep(std::vector<int32_t>(12, 4));
    CHECK(tokensOf("twelve").empty());

    // Far more words than slots: each is there right after it was kept, and none is taken for
    // another.
    size_t kept = 0;
    for (int32_t i = 0; i < 1000; ++i) {
        const std::string word = "w" + std::to_string(i);
        memo.find(word).keep(std::vector<int32_t> {i});
        CHECK(tokensOf(word) == std::vector<int32_t> {i});
    }
    for (int32_t i = 0; i < 1000; ++i) {
        const std::vector<int32_t> tokens = tokensOf("w" + std::to_string(i));
        kept += tokens.size();
        CHECK((tokens.empty() || tokens == std::vector<int32_t> {i}));
    }
    CHECK(kept > 0);
    CHECK(kept <= 16);
}
