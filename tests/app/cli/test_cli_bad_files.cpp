// Every command that reads a file, with every kind of file that it cannot use: exit code 2, one
// line that names the file, nothing on stdout.
#include "check_refused.h"

#include "support/gguf_writer.h"
#include "support/random_model.h"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace inferlab;
using namespace inferlab::test;

namespace {

namespace fs = std::filesystem;

const std::string kTiny = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf";
const std::string kHuggingFace = INFERLAB_FIXTURES "/text/tiny/qwen2";

using Command = std::vector<std::string>; // with "@" where the file's name goes

Command with(Command command, const fs::path &file)
{
    for (std::string &word : command) {
        if (word == "@")
            word = file.string();
    }
    return command;
}

// Root may read everything; without its capabilities it is a user like any other.
const CliShell kWithoutRights {
    .wrapper = ::geteuid() == 0 ? "setpriv --bounding-set=-all --inh-caps=-all" : ""};

// Names that every command refuses where it wants a file.
void checkNoFile(const Command &command, const ScratchFolder &scratch)
{
    checkRefused(with(command, scratch / "missing.xyz"), "missing.xyz");
    checkRefused(with(command, kTiny + "/beyond.xyz"), "beyond.xyz"); // a file is no folder
    writeBytes(scratch / "empty.xyz", "");
    checkRefused(with(command, scratch / "empty.xyz"), "empty.xyz");
    fs::create_directory(scratch / "folder.xyz");
    checkRefused(with(command, scratch / "folder.xyz"), "folder.xyz");
    checkRefused(with(command, "/dev/null"), "/dev/null: expected a file, found a device");
    REQUIRE(::mkfifo((scratch / "pipe.xyz").c_str(), 0600) == 0);
    checkRefused(with(command, scratch / "pipe.xyz"), "found a pipe"); // and does not wait for it
    writeBytes(scratch / "secret.xyz", "x");
    fs::permissions(scratch / "secret.xyz", fs::perms::none);
    checkRefused(with(command, scratch / "secret.xyz"), "secret.xyz: expected a file that can be",
                 kWithoutRights);
    fs::create_symlink("round.xyz", scratch / "round.xyz");
    checkRefused(with(command, scratch / "round.xyz"), "round.xyz");
}

const std::vector<Command> &commandsOnModels()
{
    static const std::vector<Command> all {
        {"generate", "--model", "@", "--tokens", "3"},
        {"bench", "--model", "@"},
        {"logits", "--model", "@", "--tokens", "3"},
        {"perplexity", "--model", "@", "--text-file", INFERLAB_FIXTURES "/README.md"},
        {"inspect", "@"},
        {"tokenize", "--model", "@", "--text", "words"},
    };
    return all;
}

// In every command that opens a model.
void checkBadModel(const fs::path &path, const std::string &words)
{
    for (const Command &command : commandsOnModels()) {
        checkRefused(with(command, path), path.filename().string());
        checkRefused(with(command, path), words);
    }
}

// A vocabulary with a chat template.
std::string writeChatFolder(const ScratchFolder &scratch)
{
    const fs::path folder = scratch / "chat";
    fs::copy(kHuggingFace, folder);
    writeBytes(folder / "tokenizer_config.json", R"({"chat_template": "{{ messages }}"})");
    return folder.string();
}

GgufWriter smallModel()
{
    RandomModelSpec spec;
    spec.layers = 1;
    spec.vocabulary = kMinVocabulary;
    return makeRandomModel(spec);
}

} // namespace

TEST_CASE("models: no file, or none that can be read")
{
    for (const Command &command : commandsOnModels()) {
        const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
        checkNoFile(command, scratch);
    }
}

TEST_CASE("models: cut at structural boundaries")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    std::vector<uint64_t> boundaries;
    const std::string whole = smallModel().bytes(&boundaries);
    // Some of each part; every one of them is a test of engine/files.
    std::vector<uint64_t> lengths {2, 4, 8, 16, whole.size() - 1};
    for (size_t i = 5; i < boundaries.size(); i += boundaries.size() / 6)
        lengths.push_back(boundaries[i]);
    for (const uint64_t length : lengths) {
        CAPTURE(length);
        writeBytes(scratch / "cut.gguf", whole.substr(0, length));
        for (const Command &command : commandsOnModels())
            checkRefused(with(command, scratch / "cut.gguf"), "cut.gguf: ");
    }
}

TEST_CASE("models: files of another kind, whatever their names are")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    for (const auto &[content, words] : std::vector<std::pair<std::string, std::string>> {
             {"Dear diary,\nthis is a text.\n", "no format that this program knows"},
             {"PK\x03\x04 archive", "a PyTorch checkpoint"},
             {"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"},
             {"<!DOCTYPE html><html></html>", "a web page"}}) {
        CAPTURE(content);
        writeBytes(scratch / "model.gguf", content);
        checkBadModel(scratch / "model.gguf", words);
    }
}

TEST_CASE("models: claims that are too large for the file are refused before memory is taken")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const fs::path path = scratch / "claims.gguf";
    const auto check = [&path](const GgufWriter &writer, const std::string &words) {
        writer.write(path);
        // A mistake of this kind would take far more memory than the program gets here.
        const CliShell little {.before = "ulimit -v 2000000"};
        for (const Command &command : commandsOnModels())
            checkRefused(with(command, path), words, little);
    };
    GgufWriter writer = smallModel();
    writer.tensorCount = uint64_t {1} << 60;
    check(writer, "tensor");
    writer = smallModel();
    writer.keyCount = uint64_t {1} << 60;
    check(writer, "key");
    writer = smallModel();
    writer.setKey("general.name", {8, littleEndian(uint64_t {1} << 62, 8) + "short"});
    check(writer, "general.name");
    writer = smallModel();
    writer.setKey("tokenizer.ggml.tokens",
                  {9, littleEndian(8, 4) + littleEndian(uint64_t {1} << 60, 8)});
    check(writer, "tokenizer.ggml.tokens");
    writer = smallModel();
    writer.tensor("output_norm.weight").ne = {uint64_t {1} << 40, uint64_t {1} << 40};
    check(writer, "output_norm.weight");
    writer = smallModel();
    writer.tensor("output_norm.weight").offset = uint64_t {1} << 62;
    check(writer, "output_norm.weight");
}

TEST_CASE("models: an architecture that does not run here, in every command that would run it")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    GgufWriter writer = smallModel();
    writer.setKey("general.architecture", ggufText("mamba"));
    writer.write(scratch / "model.gguf");
    for (const Command &command : commandsOnModels()) {
        if (command.front() == "inspect" || command.front() == "tokenize")
            continue; // they describe it, and use its vocabulary
        checkRefused(with(command, scratch / "model.gguf"), "\"mamba\"");
    }
    // Tensors that are missing, or of a shape that the configuration does not have.
    writer = smallModel();
    writer.removeTensor("output_norm.weight");
    writer.write(scratch / "model.gguf");
    checkRefused({"generate", "--model", (scratch / "model.gguf").string(), "--tokens", "3"},
                 "output_norm.weight");
}

TEST_CASE("texts, cases, messages, records and sweeps: no file, or none that can be read")
{
    const ScratchFolder models(INFERLAB_TEST_SCRATCH);
    const std::string chat = writeChatFolder(models);
    for (const Command &command :
         std::vector<Command> {{"generate", "--model", kTiny, "--prompt-file", "@"},
                               {"logits", "--model", kTiny, "--cases", "@"},
                               {"perplexity", "--model", kTiny, "--text-file", "@"},
                               {"tokenize", "--model", kHuggingFace, "--cases", "@"},
                               {"template", "--model", chat, "--messages", "@"},
                               {"metrics", "--record", "@"},
                               {"knee", "--csv", "@"}}) {
        const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
        checkNoFile(command, scratch);
        writeBytes(scratch / "latin1.xyz", "{\"caf\xe9\": 1}");
        checkRefused(with(command, scratch / "latin1.xyz"), "latin1.xyz");
    }
}

TEST_CASE("JSON that is cut, of another shape, or too deep")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string chat = writeChatFolder(scratch);
    const std::string deep = std::string(100'000, '[');
    for (const auto &[command, shape] : std::vector<std::pair<Command, std::string>> {
             {{"logits", "--model", kTiny, "--cases", "@"}, R"({"tokens": "3"})"},
             {{"tokenize", "--model", kHuggingFace, "--cases", "@"}, R"({"text": 3})"},
             {{"template", "--model", chat, "--messages", "@"}, R"([{"role": "user"}])"},
             {{"metrics", "--record", "@"}, R"({"requests": [{"tokens": 3}]})"}}) {
        for (const std::string &content : {shape, shape.substr(0, shape.size() - 2), deep,
                                           std::string("3"), std::string("{}")}) {
            CAPTURE(content.substr(0, 40));
            writeBytes(scratch / "bad.json", content);
            checkRefused(with(command, scratch / "bad.json"), "bad.json");
        }
    }
}

TEST_CASE("tokenizers of other kinds that are cut or not there")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const Command tokenize {"tokenize", "--model", "@", "--text", "words"};
    fs::create_directory(scratch / "folder");
    checkRefused(with(tokenize, scratch / "folder"), "folder");
    const std::string json = readFile(kHuggingFace + "/tokenizer.json");
    for (const size_t length : {size_t {1}, json.size() / 2, json.size() - 2}) {
        CAPTURE(length);
        writeBytes(scratch / "folder" / "tokenizer.json", json.substr(0, length));
        checkRefused(with(tokenize, scratch / "folder"), "tokenizer.json");
        checkRefused(with(tokenize, scratch / "folder" / "tokenizer.json"), "tokenizer.json");
    }
    const std::string model = readFile(INFERLAB_FIXTURES "/text/spm/tiny_bpe_512.model");
    for (const size_t length : {model.size() / 3, model.size() - 1}) {
        CAPTURE(length);
        writeBytes(scratch / "cut.model", model.substr(0, length));
        checkRefused(with(tokenize, scratch / "cut.model"), "cut.model");
    }
    checkRefused({"template", "--model", kTiny, "--messages", "/dev/null"}, "chat_template");
    checkRefused({"template", "--model", kHuggingFace, "--messages", "/dev/null"},
                 "tokenizer_config.json: the document: expected a member \"chat_template\"");
}
