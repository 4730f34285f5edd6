// inferlab-cli bench, logits and perplexity.
#include "check_refused.h"

#include "engine/base/json.h"
#include "support/random_model.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

const std::string kFolder = INFERLAB_FIXTURES "/tiny/llama_gqa";
const std::string kTiny = kFolder + "/llama_gqa.f32.gguf";

Json jsonOf(const CliResult &result)
{
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
    return parseJson(result.out, "stdout");
}

std::string join(const Json &ids)
{
    std::string text;
    for (const Json &id : ids)
        text += (text.empty() ? "" : ",") + std::to_string(id.get<int32_t>());
    return text;
}

double logSumExp(const Json &logits)
{
    double sum = 0.0;
    for (const Json &logit : logits)
        sum += std::exp(logit.get<double>());
    return std::log(sum);
}

} // namespace

TEST_CASE("bench --json holds speeds, bytes and a checksum for every batch size")
{
    const std::vector<std::string> command {
        "bench", "--model",  kTiny, "--prompt-tokens", "40", "--new-tokens", "10", "--batch",
        "1,3",   "--repeat", "2",   "--threads",       "2",  "--json"};
    const Json document = jsonOf(runCli(command));
    CHECK(document.at("model") == "llama_gqa.f32.gguf");
    CHECK(document.at("machine").at("threads") == 2);
    REQUIRE(document.at("results").size() == 2);
    const Json &one = document.at("results").at(0);
    const Json &three = document.at("results").at(1);
    CHECK(one.at("batch") == 1);
    CHECK(three.at("batch") == 3);
    for (const Json &result : document.at("results")) {
        for (const char *name : {"prefill_tok_s", "decode_tok_s", "ttft_ms"}) {
            CAPTURE(name);
            const Json &spread = result.at(name);
            CHECK(spread.at("min").get<double>() > 0.0);
            CHECK(spread.at("min").get<double>() <= spread.at("median").get<double>());
            CHECK(spread.at("median").get<double>() <= spread.at("max").get<double>());
        }
        CHECK(result.at("prompt_tokens") == 40);
        CHECK(result.at("new_tokens") == 10);
        CHECK(result.at("checksum").get<std::string>().size() == 16);
        CHECK(result.at("achieved_gb_s").get<double>()
              == Approx(result.at("bytes_per_token").get<double>()
                        * result.at("decode_tok_s").at("median").get<double>() * 1e-9));
    }
    // 2 layers, keys and values, 2 heads of 16, 2 bytes: 256 a token; 1 + 5.5 tokens on average.
    const double weights = one.at("weight_bytes").get<double>();
    CHECK(one.at("bytes_per_token").get<double>() == Approx(weights + 256 * 6.5));
    CHECK(three.at("bytes_per_token").get<double>() == Approx(weights / 3 + 256 * 6.5));
    CHECK(one.at("checksum") != three.at("checksum"));
    // The same work again gives the same tokens.
    CHECK(jsonOf(runCli(command)).at("results").at(1).at("checksum") == three.at("checksum"));
}

TEST_CASE("bench measures behind a depth, and refuses what the context does not hold")
{
    const Json result =
        jsonOf(runCli({"bench", "--model", kTiny, "--prompt-tokens", "8", "--new-tokens", "4",
                       "--batch", "2", "--repeat", "1", "--depth", "200", "--json"}))
            .at("results")
            .at(0);
    CHECK(result.at("depth") == 200);
    CHECK(result.at("bytes_per_token").get<double>()
          == Approx(result.at("weight_bytes").get<double>() / 2 + 256 * 202.5));
    const Json curve =
        jsonOf(runCli({"bench", "--model", kTiny, "--prompt-tokens", "1", "--new-tokens", "4",
                       "--batch", "1,2", "--repeat", "1", "--depth", "0,100,200", "--json"}))
            .at("results");
    CHECK(curve.size() == 6);
    CHECK(curve.at(4).at("batch") == 2);
    CHECK(curve.at(4).at("depth") == 100);
    CHECK(curve.at(4).at("decode_step_ms").get<double>()
          == Approx(2e3 / curve.at(4).at("decode_tok_s").at("median").get<double>()));
    checkRefused({"bench", "--model", kTiny, "--depth", "0,x"}, "numbers of tokens");
    const CliResult refused = runCli({"bench", "--model", kTiny, "--batch", "1"});
    CHECK(refused.exitCode == 2);
    CHECK(refused.err.find("at most 255 tokens") != std::string::npos);
}

TEST_CASE("logits of the tiny model are those of the fixture")
{
    const std::string text = readFile(kFolder + "/expected.json");
    const Json expected = parseJson(text, "expected.json").at("expected").at(1);
    const Json logits = jsonOf(runCli({"logits", "--model", kTiny, "--tokens",
                                       join(expected.at("ids")), "--cache-type", "f32"}))
                            .at("logits");
    REQUIRE(logits.size() == expected.at("logits").size());
    for (size_t i = 0; i < logits.size(); ++i)
        CHECK(logits.at(i).get<double>()
              == Approx(expected.at("logits").at(i).get<double>()).epsilon(1e-3));
}

TEST_CASE("logits --cases prints a line for each case, --all a list for each position")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    writeBytes(scratch / "cases.jsonl", "{\"tokens\": [3, 4, 5]}\n\n{\"tokens\": [6]}\n");
    const CliResult both = runCli(
        {"logits", "--model", kTiny, "--cases", (scratch / "cases.jsonl").string(), "--all"});
    REQUIRE(both.exitCode == 0);
    const size_t end = both.out.find('\n');
    const Json first = parseJson(both.out.substr(0, end), "line 1").at("logits");
    const Json second = parseJson(both.out.substr(end + 1), "line 2").at("logits");
    REQUIRE(first.size() == 3);
    REQUIRE(second.size() == 1);
    CHECK(second.at(0)
          == jsonOf(runCli({"logits", "--model", kTiny, "--tokens", "6"})).at("logits"));
    CHECK(first.at(1)
          == jsonOf(runCli({"logits", "--model", kTiny, "--tokens", "3,4"})).at("logits"));

    writeBytes(scratch / "wrong.jsonl", "{\"tokens\": [3]}\n{\"tokens\": [3.5]}\n");
    const CliResult wrong =
        runCli({"logits", "--model", kTiny, "--cases", (scratch / "wrong.jsonl").string()});
    CHECK(wrong.exitCode == 2);
    CHECK(wrong.err.find("line 2: tokens[0]") != std::string::npos);
}

TEST_CASE("perplexity is exp of the mean over all windows")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::filesystem::path model = scratch / "random.gguf";
    makeRandomModel({}).write(model); // a byte is a token, mostly; no begin token
    writeBytes(scratch / "text", "XYXZYYXQ");
    const Json document = jsonOf(runCli({"perplexity", "--model", model.string(), "--text-file",
                                         (scratch / "text").string(), "--window", "4", "--json"}));
    CHECK(document.at("windows") == 2);
    CHECK(document.at("tokens") == 6);
    double sum = 0.0;
    for (const std::string window : {"XYXZ", "YYXQ"}) {
        std::string ids;
        for (const char c : window)
            ids += (ids.empty() ? "" : ",") + std::to_string(3 + c);
        const Json all =
            jsonOf(runCli({"logits", "--model", model.string(), "--tokens", ids, "--all"}))
                .at("logits");
        for (size_t i = 0; i < 3; ++i)
            sum += logSumExp(all.at(i))
                - all.at(i).at(static_cast<size_t>(3 + window[i + 1])).get<double>();
    }
    CHECK(document.at("mean_nll").get<double>() == Approx(sum / 6).epsilon(1e-6));
    CHECK(document.at("perplexity").get<double>() == Approx(std::exp(sum / 6)).epsilon(1e-6));
}

TEST_CASE("bench checks every batch size against the model before it runs the first")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    checkRefused(
        {"bench", "--model", kTiny, "--batch", "1", "--prompt-tokens", "250", "--depth", "20"},
        "of at most 255 tokens (the model's context), found 270");
    RandomModelSpec spec;
    spec.contextTokens = 1 << 20;
    spec.layers = 64; // 256 sequences take more than any machine has, one does not
    makeRandomModel(spec).write(scratch / "long.gguf");
    checkRefused({"bench", "--model", (scratch / "long.gguf").string(), "--batch", "1,256",
                  "--prompt-tokens", "1000000", "--json"},
                 "of cache for 256 sequences of 1,000,001 tokens");
}
