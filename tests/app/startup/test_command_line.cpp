// The arguments of `inferlab`: what is read, and each refusal in one line.
#include "app/startup/command_line.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace inferlab;

namespace {

CommandLine parsed(const std::vector<std::string> &arguments)
{
    const auto result = parseCommandLine(arguments);
    REQUIRE(std::holds_alternative<CommandLine>(result));
    return std::get<CommandLine>(result);
}

std::string refused(const std::vector<std::string> &arguments)
{
    const auto result = parseCommandLine(arguments);
    REQUIRE(std::holds_alternative<CommandLineError>(result));
    return std::get<CommandLineError>(result).line;
}

} // namespace

TEST_CASE("no arguments open the window with the defaults")
{
    const CommandLine line = parsed({});
    CHECK(line.mode == CommandLine::Mode::Window);
    CHECK(line.model.empty());
    CHECK(!line.batch.has_value());
    CHECK(!line.newTokens.has_value());
}

TEST_CASE("values come after a space or an equals sign")
{
    const CommandLine line =
        parsed({"--model", "a b.gguf", "--prompt=x = y", "--open", "r.json", "--history=h.sqlite"});
    CHECK(line.model == "a b.gguf");
    CHECK(line.prompt == "x = y");
    CHECK(line.openRecord == "r.json");
    CHECK(line.history == "h.sqlite");
    CHECK(parsed({}).history.empty());
}

TEST_CASE("a bare file is a record when it ends in .json, else a model")
{
    CHECK(parsed({"m.gguf"}).model == "m.gguf");
    CHECK(parsed({"run.json"}).openRecord == "run.json");
    CHECK(refused({"a.gguf", "b.gguf"}) == "one file at a time: found a.gguf and b.gguf");
}

TEST_CASE("the demo takes its numbers and needs a folder")
{
    const CommandLine line =
        parsed({"--headless", "demo", "--out", "o", "--batch", "8", "--new-tokens", "16"});
    CHECK(line.mode == CommandLine::Mode::Demo);
    CHECK(line.outputFolder == "o");
    CHECK(line.batch == 8);
    CHECK(line.newTokens == 16);
    CHECK(refused({"--headless", "demo"}) == "--headless demo: expected --out FOLDER");
    CHECK(refused({"--headless", "dance", "--out", "o"})
          == "--headless: expected demo or experiment, found dance");
    CHECK(refused({"--out", "o"}) == "--out: only with --headless demo or experiment");
}

TEST_CASE("an experiment takes a preset or a file, and a folder")
{
    const CommandLine line = parsed({"--headless", "experiment", "--preset", "batch", "--out", "o",
                                     "--threads", "2", "--device", "cuda", "--json"});
    CHECK(line.mode == CommandLine::Mode::Experiment);
    CHECK(line.preset == "batch");
    CHECK(line.outputFolder == "o");
    CHECK(line.threads == 2);
    CHECK(line.device == "cuda");
    CHECK(line.json);
    CHECK(parsed({"--headless", "experiment", "--list"}).listPresets);
    CHECK(parsed({"--headless", "experiment", "--file=p.json", "--out=o"}).planFile == "p.json");
    const std::string which =
        "--headless experiment: expected one of --list, --preset NAME and --file FILE";
    CHECK(refused({"--headless", "experiment", "--out", "o"}) == which);
    CHECK(refused({"--headless", "experiment", "--preset", "a", "--file", "b", "--out", "o"})
          == which);
    CHECK(refused({"--headless", "experiment", "--preset", "a"})
          == "--headless experiment: expected --out FOLDER");
    CHECK(refused({"--preset", "batch"}) == "--preset: only with --headless experiment");
    CHECK(refused({"--headless", "demo", "--out", "o", "--threads", "2"})
          == "--threads: only with --headless experiment");
    CHECK(refused({"--headless", "experiment", "--preset", "a", "--out", "o", "--threads", "0"})
          == "--threads: expected a number from 1 to 1024, found 0");
}

TEST_CASE("numbers are whole and in range")
{
    for (const char *bad : {"0", "257", "-1", "8x", "", "99999999999999999999"})
        CHECK(refused({"--batch", bad}).starts_with("--batch: expected a "));
    CHECK(refused({"--new-tokens"}) == "--new-tokens: expected a value");
}

TEST_CASE("a prompt is UTF-8")
{
    CHECK(parsed({"--prompt", "caf\xC3\xA9"}).prompt == "caf\xC3\xA9");
    for (const char *bad : {"caf\xE9", "\xC3", "\xED\xA0\x80", "\xC0\x80"})
        CHECK(refused({"--prompt", bad})
              == "--prompt: expected UTF-8 text, found bytes that are not UTF-8");
}

TEST_CASE("unknown arguments are refused; Qt's own pass")
{
    CHECK(refused({"--modell", "x"}) == "unknown argument --modell (see --help)");
    CHECK(parsed({"-platform", "offscreen", "m.gguf"}).model == "m.gguf");
    CHECK(parsed({"--help"}).mode == CommandLine::Mode::Help);
    CHECK(parsed({"--version"}).mode == CommandLine::Mode::Version);
}
