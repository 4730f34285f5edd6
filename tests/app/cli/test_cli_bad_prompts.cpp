// Prompts that no run can use, in every way in which a prompt comes.
#include "check_refused.h"

#include "support/gguf_writer.h"
#include "support/random_model.h"

#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// A byte is a token, so that lengths are known; no chat template.
std::string writeModel(const ScratchFolder &scratch, int32_t contextTokens)
{
    RandomModelSpec spec;
    spec.vocabulary = kMinVocabulary;
    spec.contextTokens = contextTokens;
    makeRandomModel(spec).write(scratch / "model.gguf");
    return (scratch / "model.gguf").string();
}

std::string write(const ScratchFolder &scratch, const std::string &content)
{
    writeBytes(scratch / "prompt.txt", content);
    return (scratch / "prompt.txt").string();
}

} // namespace

TEST_CASE("a prompt that is empty")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string model = writeModel(scratch, 64);
    checkRefused({"generate", "--model", model, "--prompt", ""}, "expected some text");
    checkRefused({"generate", "--model", model, "--tokens", ""}, "--tokens");
    checkRefused({"logits", "--model", model, "--tokens", ""}, "--tokens");
    checkRefused({"perplexity", "--model", model, "--text-file", write(scratch, "a")},
                 "a text of at least two tokens");
}

TEST_CASE("a prompt that fills the context, or is longer")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string model = writeModel(scratch, 64);
    const auto generate = [&](size_t tokens) {
        return std::vector<std::string> {"generate", "--model", model, "--prompt",
                                         std::string(tokens, 'Q')};
    };
    CHECK(runCli(generate(63)).exitCode == 0); // one token of the answer fits
    checkRefused(generate(64), "fewer than 64 tokens");
    checkRefused(generate(65), "64 tokens");
    std::string ids = "3";
    for (int i = 0; i < 64; ++i)
        ids += ",3";
    checkRefused({"generate", "--model", model, "--tokens", ids}, "fewer than 64 tokens");
    checkRefused({"logits", "--model", model, "--tokens", ids}, "64 tokens");
}

TEST_CASE("a prompt that is not UTF-8")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string model = writeModel(scratch, 64);
    const std::string file = write(scratch, "caf\xe9");
    checkRefused({"generate", "--model", model, "--prompt", "caf\xe9"},
                 "--prompt: byte 3: expected UTF-8 text");
    checkRefused({"generate", "--model", model, "--prompt-file", file},
                 "prompt.txt: byte 3: expected UTF-8 text");
    checkRefused({"generate", "--model", model, "--prompt", "a", "--chat", "--system", "\xff"},
                 "--system: byte 0: expected UTF-8 text");
    checkRefused({"perplexity", "--model", model, "--text-file", file},
                 "prompt.txt: byte 3: expected UTF-8 text");
    checkRefused({"tokenize", "--model", model, "--text", "caf\xe9"},
                 "--text: byte 3: expected UTF-8 text");
}

TEST_CASE("a prompt of 5 MB is refused at once, and one of more than 64 MiB is not read")
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string model = writeModel(scratch, 4096);
    checkRefused({"generate", "--model", model, "--prompt-file",
                  write(scratch, std::string(5'000'000, 'Q'))},
                 "4,096 tokens");
    const std::string file = write(scratch, "");
    std::filesystem::resize_file(file, (uint64_t {64} << 20) + 1);
    checkRefused({"generate", "--model", model, "--prompt-file", file}, "at most 64 MiB");
}
