// inferlab-cli experiment: a plan carried out, each run on disk as it ends.
#include "commands.h"

#include "app/experiment/experiment_choice.h"
#include "app/experiment/folder_run.h"
#include "app/experiment/progress_printer.h"
#include "app/experiment/result_json.h"
#include "app/machine/calibration_file.h"
#include "argument_checks.h"
#include "common_options.h"
#include "engine/base/error.h"
#include "experiment_output.h"
#include "standard_output.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

namespace inferlab::cli {

namespace {

struct ExperimentArguments
{
    bool list = false;
    ExperimentChoice choice;
    std::string device, isa, out;
    int threads = 0;
    bool json = false;
};

void printList(bool json)
{
    if (json)
        printOut("%s\n", jsonText(presetListJson(), 2).c_str());
    else
        writeOut(presetList());
}

void requireAll(const ExperimentArguments &arguments)
{
    if (arguments.choice.model.empty())
        throw InputError("--model", {}, "a GGUF model", "none");
    if (arguments.out.empty())
        throw InputError("--out", {}, "a folder for the results", "none");
}

void runExperiment(ExperimentArguments arguments, Context &context)
{
    if (arguments.list) {
        printList(arguments.json);
        return;
    }
    requireAll(arguments);
    if (!arguments.device.empty())
        arguments.choice.device = arguments.device;
    if (arguments.threads > 0)
        arguments.choice.threads = arguments.threads;
    const FolderRun plan {
        chosenExperiment(arguments.choice), arguments.choice.model, arguments.out,
        EngineAccess::real(arguments.isa),  calibrationPath(),      arguments.isa};
    ProgressPrinter progress(stderr);
    const auto [result, outlook] = runInFolder(
        plan, *context.interrupted, [&progress](const ProgressLine &line) { progress.tell(line); });
    context.exitCode = exitCodeOf(result, *context.interrupted);
    if (arguments.json)
        printOut("%s\n", jsonText(experimentJson(result, &outlook, plan.folder), 2).c_str());
    else
        writeOut(pointTable(result, outlook) + findings(result, outlook));
}

} // namespace

void addExperiment(CLI::App &app, Context &context)
{
    CLI::App *command =
        app.add_subcommand("experiment", "Vary settings, measure each point several times");
    const auto arguments = std::make_shared<ExperimentArguments>();
    CLI::Option_group *source = command->add_option_group("source");
    source->add_flag("--list", arguments->list, "Print the presets");
    source->add_option("--preset", arguments->choice.preset, "One of the presets")
        ->type_name("NAME")
        ->check(notEmpty());
    source->add_option("--file", arguments->choice.file, "A plan of your own, JSON")
        ->type_name("FILE")
        ->check(notEmpty());
    source->require_option(1);
    command->add_option("--model", arguments->choice.model, "GGUF model")
        ->type_name("FILE")
        ->check(notEmpty());
    command
        ->add_option("--out", arguments->out,
                     "Folder for records and tables; one with a part of this experiment is gone "
                     "on with")
        ->type_name("FOLDER")
        ->check(notEmpty());
    command->add_option("--device", arguments->device, "What computes")
        ->type_name("NAME")
        ->check(oneOf({"cpu", "cuda", "reference"}))
        ->default_str("what the plan says");
    addThreadsOption(*command, arguments->threads);
    addInstructionSetOption(*command, arguments->isa);
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] { runExperiment(*arguments, context); });
}

} // namespace inferlab::cli
