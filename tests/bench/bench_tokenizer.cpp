// bench_tokenizer MODEL [TEXT_FILE]: megabytes a second of encoding and decoding, on natural text
// (the file's, else the fixtures' sentences) and on texts that are hard: random letters, one long
// word, spaces, marks. The best of three passes. Build it with the release preset.
#include "engine/base/clock.h"
#include "engine/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

using namespace inferlab;

namespace {

constexpr size_t kBytes = 5'000'000; // the longest prompt that the program promises to take
constexpr int kPasses = 3;

std::string repeatedTo(const std::string &text)
{
    std::string all;
    while (all.size() < kBytes)
        all += text;
    return all;
}

std::string naturalText(const char *path)
{
    std::string text;
    if (path != nullptr) {
        std::ifstream file(path, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(file), {});
    } else {
        std::ifstream file(INFERLAB_FIXTURES "/text/bpe_smollm2.jsonl");
        for (std::string line; std::getline(file, line);) {
            const auto row = nlohmann::json::parse(line);
            if (row.at("kind").get<std::string>().starts_with("plain"))
                text += row.at("text").get<std::string>() + "\n";
        }
    }
    return text.empty() ? text : repeatedTo(text);
}

std::string randomLetters(size_t wordBytes)
{
    std::mt19937 random(1);
    std::string text;
    while (text.size() < kBytes)
        text += wordBytes > 0 && random() % wordBytes == 0 ? ' '
                                                           : static_cast<char>('a' + random() % 26);
    return text;
}

template <typename Work>
double bestMegabytesPerSecond(size_t bytes, const Work &work)
{
    int64_t bestNs = INT64_MAX;
    for (int pass = 0; pass < kPasses; ++pass) {
        const int64_t begin = nowNs();
        work();
        bestNs = std::min(bestNs, nowNs() - begin);
    }
    return static_cast<double>(bytes) * 1e3 / static_cast<double>(bestNs);
}

void measure(const Tokenizer &tokenizer, const char *name, const std::string &text)
{
    std::vector<int32_t> ids;
    std::string back;
    const double encode = bestMegabytesPerSecond(
        text.size(), [&] { ids = tokenizer.encode(text, SpecialTokens::Parsed); });
    const double decode =
        bestMegabytesPerSecond(text.size(), [&] { back = tokenizer.decode(ids); });
    std::printf("%-22s %9zu %9zu %9.2f %9.1f\n", name, text.size(), ids.size(), encode, decode);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_tokenizer MODEL [TEXT_FILE]\n");
        return 2;
    }
    try {
        const int64_t begin = nowNs();
        const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(argv[1]);
        std::printf("%s; opened in %.1f ms\n", tokenizer->description().c_str(),
                    static_cast<double>(nowNs() - begin) / 1e6);
        std::printf("%-22s %9s %9s %9s %9s\n", "text", "bytes", "tokens", "enc MB/s", "dec MB/s");
        measure(*tokenizer, "natural", naturalText(argc > 2 ? argv[2] : nullptr));
        measure(*tokenizer, "random words", randomLetters(6));
        measure(*tokenizer, "one random word", randomLetters(0));
        measure(*tokenizer, "one letter", std::string(kBytes, 'a'));
        measure(*tokenizer, "spaces", std::string(kBytes, ' '));
        measure(*tokenizer, "Chinese", repeatedTo("人工智能正在改变我们的生活方式"));
        measure(*tokenizer, "control names", repeatedTo("<|im_start|>"));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_tokenizer: %s\n", error.what());
        return 1;
    }
    return 0;
}
