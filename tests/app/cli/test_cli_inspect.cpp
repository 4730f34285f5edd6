// inferlab-cli inspect on good, foreign, hostile and missing files.
#include "check_refused.h"

#include "engine/base/json.h"
#include "support/gguf_writer.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace inferlab;
using namespace inferlab::test;

namespace {

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

GgufWriter smallModel()
{
    RandomModelSpec spec;
    spec.layers = 3;
    spec.vocabulary = kMinVocabulary;
    spec.dtype = DType::Q8_0;
    return makeRandomModel(spec);
}

// Refused in a line that names the file.
void checkRefusedFile(const std::filesystem::path &path, const std::string &words)
{
    checkRefused({"inspect", path.string()}, path.filename().string());
    checkRefused({"inspect", path.string()}, words);
}

} // namespace

TEST_CASE("a model's numbers, in JSON")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    smallModel().write(folder / "model.gguf");
    const std::string source = "stdout";
    const CliResult result =
        runCli({"inspect", (folder / "model.gguf").string(), "--json", "--context", "100"});
    REQUIRE(result.exitCode == 0);
    CHECK(result.err.empty());
    const Json document = parseJson(result.out, source);
    const JsonCursor root(document, source);
    CHECK(root.at("format").text() == "GGUF");
    CHECK(root.at("version").integer(0, 100) == 3);
    CHECK(root.at("name").text() == "Random llama");
    CHECK(root.at("quantisation").text() == "Q8_0");
    CHECK(root.at("runnable").boolean());
    CHECK(root.at("reason").text().empty());
    // Two vocabulary matrices, three layers of four attention and three inner matrices, seven
    // norms.
    const int64_t matrices = 2 * 259 * 64 + 3 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 96 * 64);
    CHECK(root.at("parameters").integer(0, 1 << 30) == matrices + 7 * 64);
    CHECK(root.at("weight_bytes").integer(0, 1 << 30) == matrices / 32 * 34 + 7 * 64 * 4);
    CHECK(root.at("types").size() == 2);
    CHECK(root.at("config").at("layers").integer(0, 100) == 3);
    const JsonCursor memory = root.at("memory");
    CHECK(memory.at("context_tokens").integer(0, 1000) == 100);
    CHECK(memory.at("kv_bytes_per_token").integer(0, 1 << 30) == 3 * 2 * 32 * 2);
    CHECK(memory.at("kv_bytes").integer(0, 1 << 30) == 100 * 3 * 2 * 32 * 2);
    CHECK(root.at("tensors").size() == 3 * 9 + 3);
    CHECK(root.at("tokenizer").at("tokens").integer(0, 1 << 20) == 259);
    CHECK(root.at("tokenizer").at("special_tokens").at("eos").text() == "<|im_end|>");
    CHECK(root.at("metadata").at("tokenizer.ggml.tokens").at("count").integer(0, 1 << 20) == 259);
}

TEST_CASE("a model as text: what it is, memory, one line for the tensors of all layers")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    smallModel().write(folder / "model.gguf");
    const CliResult result =
        runCli({"inspect", (folder / "model.gguf").string(), "--context", "100000"});
    REQUIRE(result.exitCode == 0);
    CHECK(result.out.starts_with("Random llama\n"));
    CHECK(contains(result.out, "Runs here     yes\n"));
    CHECK(
        contains(result.out, "llama, 3 layers of width 64, 4 heads (2 for keys and values) of 16"));
    CHECK(contains(result.out,
                   "Memory at 100,000 tokens of context (more than the model was trained for)\n"));
    CHECK(contains(result.out, "blk.N.attn_q.weight"));
    CHECK(contains(result.out, "0-2\n"));
    CHECK_FALSE(contains(result.out, "blk.0."));
    CHECK(contains(result.out, "259 in all"));
}

TEST_CASE("a model that is not run here is described all the same, with the reason")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    GgufWriter writer = smallModel();
    writer.setKey("general.architecture", ggufText("qwen2"));
    writer.write(folder / "model.gguf");
    const CliResult text = runCli({"inspect", (folder / "model.gguf").string()});
    CHECK(text.exitCode == 0);
    CHECK(contains(text.out, "Runs here     no: key \"general.architecture\""));
    CHECK(contains(text.out, "\"qwen2\""));
    CHECK_FALSE(contains(text.out, "Memory at"));
    const CliResult json = runCli({"inspect", (folder / "model.gguf").string(), "--json"});
    const Json document = parseJson(json.out, "stdout");
    CHECK(document["runnable"] == false);
    CHECK(contains(document["reason"].get<std::string>(), "qwen2"));
    CHECK(document["memory"].is_null());

    writer = smallModel();
    writer.setKey("tokenizer.ggml.pre", ggufText("unheard-of"));
    writer.write(folder / "model.gguf");
    CHECK(contains(runCli({"inspect", (folder / "model.gguf").string()}).out, "\"unheard-of\""));
}

TEST_CASE("a file's text cannot steer the terminal")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    GgufWriter writer = smallModel();
    const std::string hostile = "evil\x1b[2J\n\r\x07\xc2\x9b"
                                "31m\xe2\x80\xae\xff";
    writer.setKey("general.name", ggufText(hostile));
    writer.addKey("extra.text", ggufText(hostile));
    writer.addKey("extra.list", ggufTexts({hostile}));
    writer.setKey("tokenizer.ggml.pre", ggufText(hostile));
    writer.write(folder / "model.gguf");
    const CliResult result = runCli({"inspect", (folder / "model.gguf").string()});
    CHECK(result.exitCode == 0);
    CHECK(contains(result.out, "evil\\x1b[2J\\n\\r\\x07\\x9b31m\\u{202e}\\xff"));
    const bool clean = std::all_of(result.out.begin(), result.out.end(), [](char c) {
        return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    });
    CHECK(clean);
    CHECK_FALSE(contains(result.out, "\xc2\x9b"));
    CHECK_FALSE(contains(result.out, "\xe2\x80\xae"));
    // JSON escapes them by itself, and stays JSON.
    const CliResult json = runCli({"inspect", (folder / "model.gguf").string(), "--json"});
    CHECK_FALSE(contains(json.out, "\x1b"));
    CHECK(contains(parseJson(json.out, "stdout")["name"].get<std::string>(), "evil\x1b[2J\n"));
}

TEST_CASE("other formats are told by name")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const std::string header = R"({"__metadata__":{}})";
    writeBytes(folder / "a.safetensors", littleEndian(header.size(), 8) + header);
    checkRefusedFile(folder / "a.safetensors", "found a Safetensors file");
    writeBytes(folder / "a.onnx", std::string("\x08\x08\x12\x07pytorch", 11));
    checkRefusedFile(folder / "a.onnx", "found an ONNX model");
    writeBytes(folder / "a.plan", "ftrt" + std::string(24, '\0'));
    checkRefusedFile(folder / "a.plan", "found a TensorRT plan");
    checkRefusedFile(folder.path(), "found a folder without a model");
    writeBytes(folder / "config.json", "{}");
    checkRefusedFile(folder.path(), "found a Hugging Face model folder");
    checkRefusedFile(folder / "config.json", "found a JSON file");
}

TEST_CASE("files that cannot be read give one line")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    checkRefusedFile(folder / "missing.gguf", "no such file");
    writeBytes(folder / "empty.gguf", "");
    checkRefusedFile(folder / "empty.gguf", "an empty file");
    const std::string whole = smallModel().bytes();
    writeBytes(folder / "cut.gguf", whole.substr(0, whole.size() / 2));
    checkRefusedFile(folder / "cut.gguf", "tensor \"");
    checkRefused({"inspect", "x", "--context", "0"}, "--context: expected a whole number");
}
