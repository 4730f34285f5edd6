// inferlab-cli tokenize and template: documents, exit codes and messages.
#include "check_refused.h"

#include "default_model.h"
#include "engine/base/json.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// A folder for one test's files.
class Folder
{
public:
    std::string file(const std::string &name) const { return (m_scratch / name).string(); }
    std::string write(const std::string &name, const std::string &content) const
    {
        std::ofstream(file(name), std::ios::binary) << content;
        return file(name);
    }

private:
    ScratchFolder m_scratch {INFERLAB_TEST_SCRATCH};
};

const std::string kFixtures = INFERLAB_FIXTURES "/text/";

std::vector<Json> jsonLines(const std::string &text)
{
    std::vector<Json> documents;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find('\n', begin), text.size());
        documents.push_back(parseJson(text.substr(begin, end - begin), "a line"));
        begin = end + 1;
    }
    return documents;
}

// Every case of a file gives the ids that the file itself has.
void checkCases(const std::string &model, const std::string &cases)
{
    const CliResult result = runCli({"tokenize", "--model", model, "--cases", cases});
    REQUIRE(result.exitCode == 0);
    const std::vector<Json> expected = jsonLines(readFile(cases));
    const std::vector<Json> found = jsonLines(result.out);
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].at("ids") == expected[i].at("ids"));
        CHECK(found[i].at("pieces").size() == found[i].at("ids").size());
    }
}

} // namespace

TEST_CASE("tokenize --cases prints one document a line, whatever separators the texts hold")
{
    checkCases(defaultModelPath().string(), kFixtures + "bpe_smollm2.jsonl");
}

TEST_CASE("tokenize --text --json, and as a table")
{
    const std::string model = kFixtures + "tiny/qwen2";
    const CliResult json = runCli(
        {"tokenize", "--model", model, "--text", "a<|im_end|>", "--parse-special", "--json"});
    CHECK(json.exitCode == 0);
    const Json document = parseJson(json.out, "stdout");
    CHECK(document.at("ids") == Json({64, 511}));
    CHECK(document.at("pieces") == Json({"a", "<|im_end|>"}));
    const CliResult table = runCli({"tokenize", "--model", model, "--text", "a<|im_end|>"});
    CHECK(table.exitCode == 0);
    CHECK(table.out.find("(control)") == std::string::npos);
    CHECK(table.out.find("pre-tokeniser qwen2") != std::string::npos);
}

TEST_CASE("template renders the default model's conversations")
{
    const Folder scratch;
    int checked = 0;
    for (const Json &row : jsonLines(readFile(kFixtures + "chat_smollm2.jsonl"))) {
        const std::string name = row.at("name").get<std::string>();
        if (name != "multi_turn" && name != "unicode")
            continue;
        const std::string messages = scratch.write("m.json", jsonText(row.at("messages")));
        std::vector<std::string> arguments = {"template", "--model", defaultModelPath().string(),
                                              "--messages", messages};
        if (row.at("add_generation_prompt").get<bool>())
            arguments.emplace_back("--generation-prompt");
        CHECK(runCli(arguments).out == row.at("text").get<std::string>());
        arguments.emplace_back("--json");
        const Json document = parseJson(runCli(arguments).out, "stdout");
        CHECK(document.at("text") == row.at("text"));
        CHECK(document.at("ids") == row.at("ids"));
        ++checked;
    }
    CHECK(checked == 4);
}

TEST_CASE("what cannot be used gets one line and exit code 2")
{
    const Folder scratch;
    const std::string model = kFixtures + "tiny/qwen2";
    checkRefused({"tokenize", "--model", scratch.file("missing.gguf"), "--text", "x"},
                 "missing.gguf");
    checkRefused({"tokenize", "--model", scratch.file(""), "--text", "x"}, "neither");
    checkRefused({"tokenize", "--model", scratch.write("t.txt", "hello"), "--text", "x"}, "t.txt");
    checkRefused({"tokenize", "--model", model}, "--text");
    checkRefused({"tokenize", "--model", model, "--cases",
                  scratch.write("c.jsonl", "{\"text\": \"a\"}\n{\"x\"")},
                 "c.jsonl, line 2");
    checkRefused({"template", "--model", model, "--messages", scratch.write("m.json", "[]")},
                 "chat_template");
    checkRefused({"template", "--model", defaultModelPath().string(), "--messages",
                  scratch.write("m.json", "[{\"role\": \"user\"}]")},
                 "content");
}

TEST_CASE("text that is not UTF-8 is refused with the place of its first such byte")
{
    const Folder scratch;
    const std::string model = kFixtures + "tiny/qwen2";
    const std::string tiny = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf";
    checkRefused({"tokenize", "--model", model, "--text", "caf\xe9 au lait"},
                 "--text: byte 3: expected UTF-8 text, found 0xe9\n");
    checkRefused({"tokenize", "--model", model, "--text", "caf\xc3"},
                 "--text: byte 3: expected UTF-8 text, found 0xc3 and the end\n");
    const std::string cases = scratch.write("c.jsonl", "{\"text\": \"caf\xe9\"}\n");
    checkRefused({"tokenize", "--model", model, "--cases", cases}, "c.jsonl, line 1");
    checkRefused({"tokenize", "--model", model, "--cases", cases}, "UTF-8");
    const std::string text = scratch.write("t.txt", "na\xefve");
    const std::string refusal = "t.txt: byte 2: expected UTF-8 text, found 0xef\n";
    checkRefused({"perplexity", "--model", tiny, "--text-file", text}, refusal);
    checkRefused({"generate", "--model", tiny, "--prompt-file", text}, refusal);
    checkRefused({"generate", "--model", tiny, "--prompt", "\xff"}, "--prompt: byte 0");
    const std::string messages =
        scratch.write("m.json", "[{\"role\": \"user\", \"content\": \"\xff\"}]");
    checkRefused({"template", "--model", defaultModelPath().string(), "--messages", messages},
                 "UTF-8");
}
