// inferlab-cli generate: what it prints, as JSON and for people, and what it refuses.
#include "check_refused.h"

#include "engine/base/json.h"
#include "support/random_model.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace inferlab;
using namespace inferlab::test;

namespace {

const std::string kTiny = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf";

std::vector<std::string> generate(const std::vector<std::string> &more)
{
    std::vector<std::string> arguments {"generate", "--model", kTiny};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

Json jsonOf(const CliResult &result)
{
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
    CHECK(result.err.empty());
    return parseJson(result.out, "stdout");
}

} // namespace

TEST_CASE("generate --json holds settings, tokens and times of every sequence")
{
    const Json document = jsonOf(runCli(
        generate({"--tokens", "3,4,5", "--max-new-tokens", "6", "--batch", "3", "--temperature",
                  "0.7", "--seed", "5", "--threads", "1", "--ignore-eos", "--json"})));
    CHECK(document.at("model") == "llama_gqa.f32.gguf");
    CHECK(document.at("device") == "cpu");
    CHECK(document.at("threads") == 1);
    CHECK(document.at("settings").at("temperature") == 0.7);
    CHECK(document.at("settings").at("kv_cache") == "on");
    REQUIRE(document.at("sequences").size() == 3);
    for (const Json &sequence : document.at("sequences")) {
        CHECK(sequence.at("prompt_tokens") == Json {3, 4, 5});
        CHECK(sequence.at("tokens").size() == 6);
        CHECK(sequence.at("end_reason") == "length");
        REQUIRE(sequence.at("token_ns").size() == 6);
        int64_t last = sequence.at("submitted_ns").get<int64_t>();
        CHECK(sequence.at("scheduled_ns").get<int64_t>() <= last);
        for (const Json &ns : sequence.at("token_ns")) {
            CHECK(ns.get<int64_t>() > last);
            last = ns.get<int64_t>();
        }
    }
    CHECK(document.at("metrics").at("output_tokens") == 18);
}

TEST_CASE("sequence i of a batch is the sequence alone with seed + i, with the cache or without")
{
    const auto tokens = [](const std::vector<std::string> &more) {
        std::vector<std::string> arguments {
            "--tokens", "7,8,9,10", "--max-new-tokens", "12", "--temperature", "1", "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::vector<Json> all;
        const Json document = jsonOf(runCli(generate(arguments)));
        for (const Json &sequence : document.at("sequences"))
            all.push_back(sequence.at("tokens"));
        return all;
    };
    const std::vector<Json> batch = tokens({"--batch", "3", "--seed", "11"});
    REQUIRE(batch.size() == 3);
    CHECK(batch[0] != batch[1]);
    CHECK(tokens({"--seed", "13"}) == std::vector<Json> {batch[2]});
    CHECK(tokens({"--seed", "12", "--kv-cache", "off"}) == std::vector<Json> {batch[1]});
}

TEST_CASE("generate streams text to stdout and the figures to stderr")
{
    const CliResult result =
        runCli(generate({"--prompt", "Hello", "--max-new-tokens", "5", "--ignore-eos"}));
    CHECK(result.exitCode == 0);
    CHECK(!result.out.empty());
    CHECK(result.out.back() == '\n');
    CHECK(result.err.find(" tok/s \u00b7 5 tokens \u00b7 ") != std::string::npos);
    CHECK(result.err.find(" to first token \u00b7 stop: length\n") != std::string::npos);
}

TEST_CASE("the prompt comes from a file as well")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    writeBytes(scratch / "prompt.txt", "Hello there");
    const auto ids = [](const CliResult &result) {
        return jsonOf(result).at("sequences").at(0).at("prompt_tokens");
    };
    const std::vector<std::string> common {"--max-new-tokens", "1", "--json"};
    std::vector<std::string> fromFile {"--prompt-file", (scratch / "prompt.txt").string()};
    fromFile.insert(fromFile.end(), common.begin(), common.end());
    std::vector<std::string> fromText {"--prompt", "Hello there"};
    fromText.insert(fromText.end(), common.begin(), common.end());
    CHECK(ids(runCli(generate(fromFile))) == ids(runCli(generate(fromText))));
}

TEST_CASE("a prompt that cannot be used is refused in one line")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const auto file = [&scratch](const std::string &name, const std::string &content) {
        writeBytes(scratch / name, content);
        return (scratch / name).string();
    };
    checkRefused(generate({"--prompt", ""}), "prompt: expected some text");
    checkRefused(generate({"--prompt-file", file("empty", "")}), "empty");
    checkRefused(generate({"--prompt-file", (scratch / "missing").string()}), "missing");
    checkRefused(generate({"--prompt-file", file("latin1", "caf\xe9")}), "UTF-8");
    checkRefused(generate({"--prompt-file", file("large", std::string(5'000'000, 'a'))}),
                 "256 tokens");
    // The context of the tiny model is 256; one token of the answer has to fit.
    std::string ids = "3";
    for (int i = 1; i < 256; ++i)
        ids += ",3";
    checkRefused(generate({"--tokens", ids}), "fewer than 256 tokens");
    checkRefused(generate({"--tokens", "1,2,x"}), "\"x\"");
    checkRefused(generate({"--tokens", "512"}), "0 to 511");
    checkRefused(generate({"--prompt", "a", "--chat"}), "chat template");
}

TEST_CASE("settings out of range are refused in one line")
{
    const auto with = [](const char *option, const char *value) {
        return generate({"--tokens", "3", option, value});
    };
    checkRefused(with("--temperature", "-1"), "temperature");
    checkRefused(with("--temperature", "nan"), "temperature");
    checkRefused(with("--top-p", "0"), "top-p");
    checkRefused(with("--min-p", "2"), "min-p");
    checkRefused(with("--top-k", "-1"), "top-k");
    checkRefused(with("--repetition-penalty", "0"), "repetition-penalty");
    checkRefused(with("--max-new-tokens", "0"), "max-new-tokens");
    checkRefused(with("--device", "abacus"), "one of cpu");
    checkRefused(with("--isa", "altivec"), "this machine runs: portable");
}

TEST_CASE("an instruction set can be chosen for the CPU, and for nothing else")
{
    const Json devices = parseJson(runCli({"devices", "--json"}).out, "devices");
    for (const Json &isa : devices.at("instruction_sets")) {
        const auto name = isa.get<std::string>();
        CAPTURE(name);
        CHECK(runCli(generate({"--tokens", "3", "--max-new-tokens", "2", "--isa", name})).exitCode
              == 0);
    }
    checkRefused(generate({"--tokens", "3", "--device", "reference", "--isa", "portable"}),
                 "--device cpu");
}

TEST_CASE("a model file that cannot be used is refused in one line")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const auto with = [&scratch](const std::string &name, const std::string &content) {
        writeBytes(scratch / name, content);
        return std::vector<std::string> {"generate", "--tokens", "3", "--model",
                                         (scratch / name).string()};
    };
    const std::string whole = readFile(kTiny);
    checkRefused({"generate", "--tokens", "3", "--model", "/nowhere/model.gguf"}, "/nowhere");
    checkRefused(with("empty.gguf", ""), "empty");
    checkRefused(with("cut.gguf", whole.substr(0, whole.size() / 2)), "cut.gguf");
    checkRefused(with("text.gguf", "this is not a model"), "text.gguf");
    std::string broken = whole;
    broken.replace(8, 8, 8, '\xff');
    checkRefused(with("corrupt.gguf", broken), "corrupt.gguf");
}

TEST_CASE("batch times context beyond memory is refused with the numbers and what would fit")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    // 4 KiB of cache a token: 256 sequences of a million tokens are a tebibyte, one is 4 GiB.
    RandomModelSpec spec;
    spec.layers = 1;
    spec.embedding = 1024;
    spec.heads = 1;
    spec.kvHeads = 1;
    spec.feedForward = 32;
    spec.contextTokens = 1 << 20;
    spec.dtype = DType::Q8_0;
    makeRandomModel(spec).write(scratch / "long.gguf");
    const CliResult result =
        runCli({"generate", "--model", (scratch / "long.gguf").string(), "--tokens", "3", "--batch",
                "256", "--max-new-tokens", "1048576"});
    INFO(result.err);
    CHECK(result.exitCode == 2);
    CHECK(result.err.find("1.0 TiB of cache for 256 sequences of 1,048,576 tokens")
          != std::string::npos);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

TEST_CASE(
    "more requests than places: one scheduler and the other, chunks and none, the same tokens")
{
    const auto sequences = [](const std::vector<std::string> &more) {
        std::vector<std::string> arguments {"--tokens",  "3,4,5,6,7,8", "--max-new-tokens", "6",
                                            "--batch",   "2",           "--requests",       "5",
                                            "--threads", "1",           "--temperature",    "0.8",
                                            "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Json document = jsonOf(runCli(generate(arguments)));
        std::vector<Json> tokens;
        for (const Json &sequence : document.at("sequences"))
            tokens.push_back(sequence.at("tokens"));
        return tokens;
    };
    const std::vector<Json> expected = sequences({});
    REQUIRE(expected.size() == 5);
    CHECK(sequences({"--scheduler", "continuous"}) == expected);
    CHECK(sequences({"--scheduler", "continuous", "--chunk-tokens", "3"}) == expected);
    CHECK(sequences({"--chunk-tokens", "2"}) == expected);
    CHECK(sequences({"--padding", "on"}) == expected);
    CHECK(sequences({"--padding", "on", "--kv-cache", "off"}) == expected);
    checkRefused(generate({"--tokens", "3", "--padding", "on", "--scheduler", "continuous"}),
                 "padding: expected off, since a continuous batch is no rectangle, found on");
}
