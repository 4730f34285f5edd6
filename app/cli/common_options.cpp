#include "common_options.h"

#include "argument_checks.h"

namespace inferlab::cli {

namespace {

// More than any machine has cores; a mistyped number should not start a million.
constexpr int kMaxThreads = 1024;

} // namespace

void addThreadsOption(CLI::App &command, int &threads)
{
    command.add_option("--threads", threads, "CPU threads")
        ->type_name("N")
        ->check(wholeNumber(1, kMaxThreads))
        ->default_str("one for each core that this process may use");
}

void addInstructionSetOption(CLI::App &command, std::string &isa)
{
    command.add_option("--isa", isa, "Instruction set of the CPU: portable, avx2, avx512 or amx")
        ->type_name("NAME")
        ->default_str("the best that this machine runs");
}

void addJsonOption(CLI::App &command, bool &json)
{
    command.add_flag("--json", json, "Print one JSON document");
}

void addRecordOption(CLI::App &command, std::string &file)
{
    command
        .add_option("--record", file,
                    "Record of one run or several, JSON, as generate --record writes it; or a "
                    "result of vllm bench serve")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
}

void addCacheTypeOption(CLI::App &command, DType &type)
{
    command
        .add_option_function<std::string>(
            "--cache-type",
            [&type](const std::string &name) {
                type = name == "f32" ? DType::F32 : name == "q8_0" ? DType::Q8_0 : DType::F16;
            },
            "Type of the cached keys and values")
        ->type_name("NAME")
        ->check(oneOf({"f16", "f32", "q8_0"}))
        ->default_str("f16");
}

void addSwitch(CLI::App &command, const std::string &name, bool &on, const std::string &words)
{
    command
        .add_option_function<std::string>(
            name, [&on](const std::string &word) { on = word == "on"; }, words)
        ->type_name("WORD")
        ->check(oneOf({"on", "off"}))
        ->default_str(on ? "on" : "off");
}

void addGpuSwitches(CLI::App &command, std::optional<bool> &batchInvariant, bool &stepGraphs)
{
    command
        .add_option_function<std::string>(
            "--batch-invariant",
            [&batchInvariant](const std::string &word) { batchInvariant = word == "on"; },
            "On a GPU: a sequence gets the same bits in every batch, by kernels that take longer; "
            "on the CPU it always does. Without it, the window and `generate` have it on where "
            "`devices --calibrate` found that it costs below 10%")
        ->type_name("WORD")
        ->check(oneOf({"on", "off"}));
    addSwitch(command, "--step-graphs", stepGraphs,
              "On a GPU: decode steps are recorded and launched as a whole; off: kernel by kernel");
}

} // namespace inferlab::cli
