// Ctrl+C: exit code 130, with what was produced until then.
#include "running_cli.h"

#include "engine/base/clock.h"
#include "engine/base/json.h"
#include "run_cli.h"
#include "support/gguf_writer.h"
#include "support/random_model.h"

#include <algorithm>
#include <chrono>
#include <thread>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// A model whose runs take minutes, for there is room for a million tokens.
std::string writeLongModel(const ScratchFolder &scratch)
{
    RandomModelSpec spec;
    spec.contextTokens = 1 << 20;
    const std::filesystem::path path = scratch / "long.gguf";
    makeRandomModel(spec).write(path);
    return path.string();
}

// After the command has come to what takes long. Where it has not, it ends with 130 all the same.
void waitABit()
{
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
}

} // namespace

TEST_CASE("generate: the text so far, and a record of it")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string record = (scratch / "run.json").string();
    const RunningCli run({"generate", "--model", writeLongModel(scratch), "--prompt", "XYZ",
                          "--ignore-eos", "--max-new-tokens", "1000000", "--temperature", "1",
                          "--record", record});
    CHECK(!run.readSome().empty());
    run.interrupt();
    run.readRest();
    CHECK(run.exitCode() == 130);
    const Json document = parseJson(readFile(record), record);
    const Json &request = document.at("runs").at(0).at("requests").at(0);
    CHECK(request.at("end_reason") == "cancelled");
    CHECK(!request.at("tokens").empty());
}

TEST_CASE("logits --all: whole rows, in a document")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    std::string ids = "3";
    for (int i = 0; i < 200'000; ++i) // attention over so many takes minutes
        ids += ",3";
    writeBytes(scratch / "cases.jsonl", "{\"tokens\": [" + ids + "]}\n");
    const RunningCli run({"logits", "--model", writeLongModel(scratch), "--all", "--cases",
                          (scratch / "cases.jsonl").string()});
    std::string out = run.readSome();
    CHECK(!out.empty()); // long before the last row is there
    run.interrupt();
    out += run.readRest();
    CHECK(run.exitCode() == 130);
    const Json rows = parseJson(out, "stdout").at("logits");
    CHECK(!rows.empty());
    CHECK(rows.size() < 200'001);
}

TEST_CASE("perplexity: of the windows so far, if there are any")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    writeBytes(scratch / "text", std::string(2'000'000, 'X'));
    const RunningCli run({"perplexity", "--model", writeLongModel(scratch), "--text-file",
                          (scratch / "text").string(), "--window", "64", "--json"});
    waitABit();
    run.interrupt();
    const std::string out = run.readRest();
    CHECK(run.exitCode() == 130);
    if (!out.empty())
        CHECK(parseJson(out, "stdout").at("windows").get<int64_t>() < 2'000'000 / 64);
}

TEST_CASE("tokenize --cases: whole lines")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    std::string cases;
    for (int i = 0; i < 200'000; ++i)
        cases += "{\"text\": \"some words to encode\"}\n";
    writeBytes(scratch / "cases.jsonl", cases);
    const RunningCli run({"tokenize", "--model", INFERLAB_FIXTURES "/text/tiny/qwen2", "--cases",
                          (scratch / "cases.jsonl").string()});
    std::string out = run.readSome();
    CHECK(!out.empty());
    run.interrupt();
    waitABit(); // the pipe is full by now, so the program could not have ended by itself
    out += run.readRest();
    CHECK(run.exitCode() == 130);
    CHECK(std::count(out.begin(), out.end(), '\n') < 200'000);
    CHECK(out.back() == '\n');
}

TEST_CASE("tokenize --text: in the middle of the one call that encodes it")
{
    // A word of 64 MiB, which takes minutes. It travels by way of a case, since an argument holds
    // 128 KiB.
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    writeBytes(scratch / "case.jsonl", "{\"text\": \"" + std::string(64U << 20, 'a') + "\"}\n");
    const RunningCli run({"tokenize", "--model", INFERLAB_FIXTURES "/text/tiny/qwen2", "--cases",
                          (scratch / "case.jsonl").string()});
    waitABit();
    const int64_t begin = nowNs();
    run.interrupt();
    CHECK(run.readRest().empty());
    CHECK(run.exitCode() == 130);
    CHECK(nowNs() - begin < 5'000'000'000); // a busy machine's; 20 ms by itself
}

TEST_CASE("ops: the rows so far, also in the middle of a long timing")
{
    const RunningCli run({"ops", "--edges", "--op", "matmul", "--seconds", "60"});
    CHECK(!run.readSome().empty()); // the heading
    waitABit();
    run.interrupt();
    const std::string out = run.readRest();
    CHECK(run.exitCode() == 130);
    CHECK(out.find(" compared, 0 failed") != std::string::npos);
}
