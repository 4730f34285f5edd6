// inferlab-cli convert: the runs of a record file in another format.
#include "commands.h"
#include "common_options.h"

#include "app/exchange/exchange.h"
#include "argument_checks.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/base/output_file.h"
#include "standard_output.h"

#include <memory>

namespace inferlab::cli {

namespace {

struct Arguments
{
    std::string record;
    std::string to;
    std::string out;
};

ExchangeFormat formatNamed(const std::string &name)
{
    if (const auto format = exchangeFromName(name))
        return *format;
    throw InputError("--to", "", "inferlab, vllm, aiperf or notebook", "\"" + name + "\"");
}

std::string converted(const Arguments &arguments, const Context &context)
{
    const InterruptWatch watch(*context.interrupted, quitInterrupted);
    const ExchangeFormat format = formatNamed(arguments.to);
    return writeRuns(readRunsFile(arguments.record), format);
}

// The file is written when the watch has ended: Ctrl+C leaves none half written.
void runConvert(const Arguments &arguments, const Context &context)
{
    requireOtherThan({{"the record", arguments.record}}, arguments.out, "--out");
    const std::string out = converted(arguments, context);
    if (arguments.out.empty())
        printOut("%s", out.c_str());
    else
        OutputFile(arguments.out).commit(out);
}

} // namespace

void addConvert(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand(
        "convert", "Runs in another format: vLLM's JSON, AIPerf's JSON Lines, the course's table");
    const auto arguments = std::make_shared<Arguments>();
    addRecordOption(*command, arguments->record);
    command->add_option("--to", arguments->to, "inferlab, vllm, aiperf or notebook")
        ->type_name("FORMAT")
        ->required();
    command->add_option("--out", arguments->out, "File to write; without it, stdout")
        ->type_name("FILE")
        ->check(notEmpty());
    command->callback([arguments, &context] { runConvert(*arguments, context); });
}

} // namespace inferlab::cli
