// inferlab-cli: output that cannot be written, records, and what the system refuses.
#include "check_refused.h"

#include "engine/base/json.h"
#include "engine/measure/record_json.h"
#include "support/gguf_writer.h"
#include "support/random_model.h"

#include <filesystem>

using namespace inferlab;
using namespace inferlab::test;

namespace {

const std::string kTiny = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf";

// coreutils' sha256sum of it.
const std::string kTinyHash =
    "sha256:b10f955eb9afffcd730dcbd20c0657e82a7edd6da32d03c4b6021508d055b893";

std::vector<std::string> record(const std::string &path)
{
    return {"generate", "--model",  kTiny, "--prompt",     "Hello", "--max-new-tokens",
            "8",        "--record", path,  "--ignore-eos", "--json"};
}

size_t filesIn(const std::filesystem::path &folder)
{
    const std::filesystem::directory_iterator files(folder);
    return static_cast<size_t>(std::distance(begin(files), end(files)));
}

} // namespace

TEST_CASE("a full disk ends a stream at its first lost byte")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string full = "No space left on device";
    RandomModelSpec spec;
    spec.contextTokens = 1 << 20; // to its end it would run for minutes
    makeRandomModel(spec).write(scratch / "long.gguf");
    const std::string model = (scratch / "long.gguf").string();
    const std::string kept = (scratch / "run.json").string();
    checkFailed(runCli({"generate", "--model", model, "--prompt", "XYZ", "--ignore-eos",
                        "--max-new-tokens", "1000000", "--record", kept},
                       {.outPath = "/dev/full"}),
                full);
    // What was measured until then is not lost.
    CHECK(runCli({"metrics", "--record", kept}).exitCode == 0);

    std::string ids = "3";
    for (int i = 0; i < 100'000; ++i)
        ids += ",3";
    writeBytes(scratch / "ids.jsonl", "{\"tokens\": [" + ids + "]}\n");
    checkFailed(
        runCli({"logits", "--model", model, "--all", "--cases", (scratch / "ids.jsonl").string()},
               {.outPath = "/dev/full"}),
        full);
}

TEST_CASE("a full disk is a failure of every command")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    writeBytes(scratch / "load.csv", "x,throughput,latency\n1,10,1\n2,19,1.1\n4,20,2\n8,20,4\n");
    writeBytes(scratch / "text", "some words of text");
    const std::string model = INFERLAB_FIXTURES "/text/tiny/qwen2";
    const std::string text = (scratch / "text").string();
    writeBytes(scratch / "run.json",
               R"({"requests": [{"submitted_ns": 1, "tokens": [{"ns": 5}]}]})");
    const std::string run = (scratch / "run.json").string();
    writeBytes(scratch / "cases.jsonl", R"({"text": "words"})");
    const std::string cases = (scratch / "cases.jsonl").string();
    writeBytes(scratch / "messages.json", R"([{"role": "user", "content": "words"}])");
    const std::string messages = (scratch / "messages.json").string();
    const std::string chat = (scratch / "chat").string();
    std::filesystem::copy(model, chat);
    writeBytes(chat + "/tokenizer_config.json",
               R"({"chat_template": "{{ messages[0].content }}"})");
    for (const std::vector<std::string> &command : std::vector<std::vector<std::string>> {
             {"generate", "--model", kTiny, "--tokens", "3", "--max-new-tokens", "1", "--json"},
             {"tokenize", "--model", model, "--text", "words"},
             {"inspect", kTiny},
             {"inspect", kTiny, "--json"},
             {"--help"},
             {"generate", "--help"},
             {"--version"},
             {"metrics", "--record", run},
             {"metrics", "--record", run, "--json"},
             {"template", "--model", chat, "--messages", messages},
             {"tokenize", "--model", model, "--cases", cases},
             {"devices"},
             {"ops", "--edges", "--op", "add", "--seconds", "0"},
             {"knee", "--csv", (scratch / "load.csv").string()},
             {"logits", "--model", kTiny, "--tokens", "3"},
             {"perplexity", "--model", kTiny, "--text-file", text},
             {"bench", "--model", kTiny, "--prompt-tokens", "2", "--new-tokens", "2"}})
        checkFailed(runCli(command, {.outPath = "/dev/full"}),
                    "standard output could not be written");
}

TEST_CASE("generate --record writes what metrics reads, with the same figures and the provenance")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string path = (scratch / "run.json").string();
    writeBytes(path, "an older file");
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const CliResult run = runCli(record(path));
    INFO(run.err);
    REQUIRE(run.exitCode == 0);
    const Json generated = parseJson(run.out, "stdout");
    Json metrics = parseJson(runCli({"metrics", "--record", path, "--json"}).out, "stdout");
    for (const auto &[name, value] : generated.at("metrics").items()) {
        CAPTURE(name);
        CHECK(metrics.at(name) == value);
    }
    const std::vector<RunRecord> runs = runsFromJson(readFile(path), path);
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].isShown);
    CHECK(runs[0].settings.prompt == "Hello");
    CHECK(runs[0].settings.maxNewTokens == 8);
    CHECK(runs[0].provenance.modelFile == "llama_gqa.f32.gguf");
    CHECK(runs[0].provenance.modelHash == kTinyHash);
    CHECK(!runs[0].provenance.date.empty());
    CHECK(!runs[0].requests.at(0).tokens.at(0).runnersUp.empty());
    // Nothing but the record is left, and it may be read by those who could read the older file.
    CHECK(filesIn(scratch.path()) == 1);
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::others_read)
          == std::filesystem::perms::none);
}

TEST_CASE("generate --record replaces neither the model nor the prompt, by whatever name")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string model = (scratch / "model.gguf").string();
    const std::string prompt = (scratch / "prompt.txt").string();
    const std::string link = (scratch / "link").string();
    std::filesystem::copy_file(kTiny, model);
    writeBytes(prompt, "Hello");
    std::filesystem::create_symlink(model, link);
    for (const std::string &target : {model, prompt, link})
        checkRefused({"generate", "--model", model, "--prompt-file", prompt, "--max-new-tokens",
                      "1", "--record", target},
                     "--record: expected a file other than the ");
    CHECK(readFile(model) == readFile(kTiny));
    CHECK(readFile(prompt) == "Hello");
    CHECK(filesIn(scratch.path()) == 3);
}

TEST_CASE("generate --record reads the model's hash from the user's cache, or does without one")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string path = (scratch / "run.json").string();
    const auto hashWith = [&](const std::string &cacheFolder) {
        const CliResult run = runCli(record(path), {.cacheFolder = cacheFolder});
        INFO(run.err);
        REQUIRE(run.exitCode == 0);
        CHECK(run.err.empty());
        return runsFromJson(readFile(path), path).at(0).provenance.modelHash;
    };
    CHECK(hashWith(scratch.path().string()) == kTinyHash);
    const std::string kept = (scratch / "inferlab/hashes.json").string();
    std::string bent = readFile(kept);
    bent.replace(bent.find(kTinyHash), kTinyHash.size(), "sha256:" + std::string(64, '0'));
    writeBytes(kept, bent);
    CHECK(hashWith(scratch.path().string()) == "sha256:" + std::string(64, '0'));
    CHECK(hashWith("/proc/nowhere") == kTinyHash);
}

TEST_CASE("a record that cannot be written is refused before the model is loaded")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const auto refused = [](const std::string &path, const std::string &part) {
        std::vector<std::string> arguments = record(path);
        arguments[2] = "/nowhere/model.gguf"; // would be named if it were looked at first
        checkRefused(arguments, part);
    };
    refused((scratch / "missing" / "run.json").string(), "run.json: expected a file that can be");
    refused(scratch.path().string(), "expected the name of a file, found a folder");
    refused("/dev/full", "/dev/full: expected the name of a file, found a device");
    refused("", "--record: expected a name");
}

TEST_CASE("a run that fails leaves the older record as it was")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string path = (scratch / "run.json").string();
    writeBytes(path, "an older record");
    std::vector<std::string> arguments = record(path);
    arguments[4] = std::string(5000, 'a'); // a prompt longer than the context
    checkRefused(arguments, "256 tokens");
    CHECK(readFile(path) == "an older record");
    CHECK(filesIn(scratch.path()) == 1);
}

TEST_CASE("a disk that is full by the time of the record leaves the older one as it was")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string path = (scratch / "run.json").string();
    writeBytes(path, "an older record");
    std::vector<std::string> arguments = record(path);
    arguments[6] = "100";
    // As much as a file may hold here is less than the record of 100 tokens takes.
    checkFailed(runCli(arguments, {.outPath = "/dev/null", .before = "trap '' XFSZ; ulimit -f 8"}),
                "run.json: could not be written: File too large");
    CHECK(readFile(path) == "an older record");
    CHECK(filesIn(scratch.path()) == 1);
}

TEST_CASE("what the system refuses is said in words")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    // The file is mapped, a copy of it no longer fits the 160 MB.
    writeBytes(scratch / "cases.jsonl", "");
    std::filesystem::resize_file(scratch / "cases.jsonl", 100'000'000);
    checkFailed(runCli({"tokenize", "--model", INFERLAB_FIXTURES "/text/tiny/qwen2", "--cases",
                        (scratch / "cases.jsonl").string()},
                       {.before = "ulimit -v 160000"}),
                "not enough memory");
    // A thread's stack takes 8 MB of addresses.
    checkFailed(runCli({"generate", "--model", kTiny, "--tokens", "3", "--threads", "1000"},
                       {.before = "ulimit -v 1000000"}),
                "such as one more thread: Resource temporarily unavailable");
}
