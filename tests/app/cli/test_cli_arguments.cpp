// inferlab-cli: arguments that no command can use get one line that names them, says what was
// expected and what was found.
#include "check_refused.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace inferlab::test;

namespace {

const std::string kTiny = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf";

void checkGenerate(const std::vector<std::string> &more, const std::string &part)
{
    std::vector<std::string> arguments {"generate", "--model", kTiny};
    arguments.insert(arguments.end(), more.begin(), more.end());
    checkRefused(arguments, part);
}

} // namespace

TEST_CASE("a command that is missing or unknown")
{
    checkRefused({}, "expected a command (generate, bench, ");
    checkRefused({}, "found none");
    checkRefused({"foo"}, "found \"foo\"");
    checkRefused({"--foo"}, "found --foo");
    checkRefused({"--json", "devices"}, "found --json");
    checkRefused({"devices", "foo"}, "devices: expected options");
    checkRefused({"devices", "foo"}, "found \"foo\"");
}

TEST_CASE("options that are unknown, missing or do not go together")
{
    checkGenerate({"--tokens", "3", "--temp", "1"},
                  "generate: expected an option of this command (see --help), found --temp\n");
    // The mistyped option is the reason, not the one that then seems to be missing.
    checkGenerate({"--tokns", "3"}, "found --tokns\n");
    checkRefused({"generate", "--prompt", "a"}, "generate: expected --model (");
    checkRefused({"inspect"}, "inspect: expected file (");
    checkGenerate({}, "expected one of --prompt, --prompt-file, --tokens, found none\n");
    checkGenerate({"--prompt", "a", "--tokens", "3"}, "found --prompt and --tokens\n");
    checkGenerate({"--tokens", "3", "--chat"}, "expected either --chat or --tokens, found both\n");
    checkGenerate({"--prompt", "a", "--system", "b"}, "expected --system only with --chat");
}

TEST_CASE("an option without a value, with two, or with an empty one")
{
    checkRefused({"generate", "--model"}, "--model: expected a value (GGUF model");
    checkGenerate({"--prompt", "a", "--seed", "1", "--seed", "2"},
                  "--seed: expected one value, found \"1\" and \"2\"\n");
    checkRefused({"generate", "--model", "", "--tokens", "3"},
                 "--model: expected a name, found an empty one\n");
    checkRefused({"inspect", ""}, "file: expected a name");
}

TEST_CASE("numbers that are none, or out of range")
{
    const auto with = [](const char *option, const char *value, const std::string &part) {
        checkGenerate({"--tokens", "3", option, value}, std::string(option) + ": expected " + part);
    };
    with("--threads", "0", "a whole number from 1 to 1,024, found 0\n");
    with("--batch", "nan", "a whole number from 1 to 256, found nan\n");
    with("--batch", "257", "a whole number from 1 to 256, found 257\n");
    with("--max-new-tokens", "-5", "a whole number from 1 to 2,147,483,647, found -5\n");
    with("--max-new-tokens", "99999999999999999999", "a whole number");
    with("--seed", "-1", "a whole number from 0 to 18,446,744,073,709,551,615, found -1\n");
    with("--seed", "1.5", "a whole number");
    with("--temperature", "inf", "a number from 0 to 100, found inf\n");
    with("--temperature", "nan", "a number from 0 to 100, found nan\n");
    with("--temperature", "1e300", "a number from 0 to 100, found 1e300\n");
    with("--temperature", "hot", "a number from 0 to 100, found hot\n");
    with("--repetition-penalty", "1e-38", "a number from 0.01 to 100, found 1e-38\n");
    with("--kv-cache", "maybe", "on or off, found maybe\n");
    checkRefused({"ops", "--op", "rms_norm"}, "--op: expected one of add, attention, embed");
    checkRefused({"ops", "--dtype", "Q4"}, "--dtype: expected a type of weight or cache");
    checkRefused({"ops", "--op", "add", "--dtype", "Q4_0"},
                 "--dtype: expected a type that add is timed with");
    checkRefused({"ops", "--seconds", "nan"}, "--seconds: expected a number from 0 to 60");
    checkRefused({"knee", "--csv", "a.csv", "--budget", "inf"}, "--budget: expected a number");
    checkRefused({"bench", "--model", kTiny, "--batch", "1,,2"}, "--batch: expected sizes");
    checkRefused({"bench", "--model", kTiny, "--batch", "0"}, "from 1 to 256");
    checkRefused({"bench", "--model", kTiny, "--batch", "1,500"}, "found \"500\"");
}

TEST_CASE("--help tells of every option its value, its range and its default, in 80 columns")
{
    for (const std::string command :
         {"generate", "bench", "predict", "logits", "perplexity", "devices", "inspect", "ops",
          "knee", "metrics", "tokenize", "template"}) {
        CAPTURE(command);
        const CliResult help = runCli({command, "--help"});
        CHECK(help.exitCode == 0);
        CHECK(help.err.empty());
        CHECK(help.out.find("\nUsage: inferlab-cli " + command) != std::string::npos);
        CHECK(help.out.find("\n  --json                    Print ") != std::string::npos);
        CHECK(help.out.find("TEXT:") == std::string::npos); // the parser's own words for a type
        std::istringstream lines(help.out);
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 80);
            CHECK(!line.ends_with(' '));
        }
    }
    const std::string generate = runCli({"generate", "--help"}).out;
    CHECK(generate.find("\nUsage: inferlab-cli generate --model FILE (--prompt TEXT | "
                        "--prompt-file FILE |\n")
          != std::string::npos);
    CHECK(generate.find("(above 0, up to 1; default: 1)") != std::string::npos);
    CHECK(generate.find("(1 to 256; default: 1)") != std::string::npos);
    CHECK(generate.find("q8_0; default: f16)") != std::string::npos);
    CHECK(generate.find("(only with --chat)") != std::string::npos);
    const std::string program = runCli({"--help"}).out;
    CHECK(program.find("\n  tokenize                  Show the tokens") != std::string::npos);
    CHECK(program.find("130 interrupted") != std::string::npos);
}

TEST_CASE("the largest seed is taken, and what a value holds cannot break the line")
{
    CHECK(runCli({"generate", "--model", kTiny, "--tokens", "3", "--max-new-tokens", "1", "--seed",
                  "18446744073709551615"})
              .exitCode
          == 0);
    checkGenerate({"--tokens", "3", "--seed", "1\n2"}, "--seed");
    checkRefused({"devices", "a\nb"}, "a?b");
}
