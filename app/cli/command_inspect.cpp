// inferlab-cli inspect: what a model file holds, what it would take, and whether this program runs
// it.
#include "commands.h"
#include "common_options.h"

#include "argument_checks.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/files/file_format.h"
#include "engine/files/gguf.h"
#include "inspect_report.h"
#include "standard_output.h"

#include <cstdio>
#include <limits>
#include <memory>

namespace inferlab::cli {

namespace {

struct Options
{
    std::string path;
    bool json = false;
    int32_t contextTokens = 0;
};

void inspect(const Options &options)
{
    const std::filesystem::path path = options.path;
    const FileFormat format = detectFormat(path);
    if (format != FileFormat::Gguf)
        throw InputError(options.path, {}, "a GGUF model (this version runs no other format)",
                         describeFormat(format));
    const auto file = GgufFile::open(path);
    const ModelFileSummary summary = summarizeModel(*file);
    const auto memory = memoryAt(summary, static_cast<uint64_t>(options.contextTokens));
    const std::string report = options.json
        ? jsonText(inspectJson(*file, summary, memory), 2) + "\n"
        : inspectText(*file, summary, memory);
    writeOut(report);
}

} // namespace

std::optional<MemoryAtContext> memoryAt(const ModelFileSummary &summary, uint64_t contextTokens)
{
    if (!summary.config)
        return std::nullopt;
    const auto trained = static_cast<uint64_t>(summary.config->contextTokens);
    return MemoryAtContext {contextTokens == 0 ? trained : contextTokens, summary.weightBytes,
                            summary.config->kvBytesPerToken(DType::F16)};
}

void addInspect(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand(
        "inspect", "Show what a model file holds, the memory it takes, and whether it runs here");
    const auto options = std::make_shared<Options>();
    command->add_option("file", options->path, "GGUF model")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    command
        ->add_option("--context", options->contextTokens,
                     "Tokens of context that the memory is computed for")
        ->type_name("N")
        ->check(wholeNumber(1, std::numeric_limits<int32_t>::max()))
        ->default_str("what the model was trained for");
    addJsonOption(*command, options->json);
    command->callback([options, &context] {
        const InterruptWatch watch(*context.interrupted, quitInterrupted);
        inspect(*options);
    });
}

} // namespace inferlab::cli
