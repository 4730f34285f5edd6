// inferlab-cli: the engine without a window. Parses the command line, runs one subcommand, turns
// what went wrong into one line and an exit code.
#include "argument_error.h"
#include "commands.h"
#include "help_text.h"

#include "engine/base/error.h"
#include "standard_output.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

namespace {

// Set by the signal handler, polled by commands between two steps.
std::atomic<bool> interruptRequested {false};
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may only set a lock-free flag");

void onInterrupt(int)
{
    interruptRequested.store(true);
}

// The standard library's own words are its types' names, or half a sentence.
std::string wordsFor(const std::exception &error)
{
    if (dynamic_cast<const std::bad_alloc *>(&error) != nullptr
        || dynamic_cast<const std::length_error *>(&error) != nullptr)
        return "there is not enough memory for this";
    if (const auto *file = dynamic_cast<const std::filesystem::filesystem_error *>(&error))
        return file->path1().string() + ": " + file->code().message();
    if (const auto *system = dynamic_cast<const std::system_error *>(&error))
        return "the system refused something that is needed here, such as one more thread: "
            + system->code().message();
    return error.what();
}

void addCommands(CLI::App &app, inferlab::cli::Context &context)
{
    inferlab::cli::addGenerate(app, context);
    inferlab::cli::addBench(app, context);
    inferlab::cli::addExperiment(app, context);
    inferlab::cli::addPredict(app, context);
    inferlab::cli::addLogits(app, context);
    inferlab::cli::addPerplexity(app, context);
    inferlab::cli::addDevices(app, context);
    inferlab::cli::addInspect(app, context);
    inferlab::cli::addOps(app, context);
    inferlab::cli::addKnee(app, context);
    inferlab::cli::addMetrics(app, context);
    inferlab::cli::addConvert(app, context);
    inferlab::cli::addTokenize(app, context);
    inferlab::cli::addTemplate(app, context);
}

// The exit code; whatever else went wrong is thrown.
int run(int argc, char **argv)
{
    CLI::App app {"InferLab's engine on the command line"};
    app.name("inferlab-cli");
    app.formatter_fn([](const CLI::App *command, const std::string &name, CLI::AppFormatMode) {
        return inferlab::cli::helpText(*command, name);
    });
    app.set_version_flag("--version", INFERLAB_VERSION);
    app.require_subcommand(1);
    inferlab::cli::Context context;
    context.interrupted = &interruptRequested;
    addCommands(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp &) {
        inferlab::cli::writeOut(app.help());
    } catch (const CLI::CallForVersion &) {
        inferlab::cli::writeOut(INFERLAB_VERSION "\n");
    } catch (const CLI::ParseError &error) {
        throw inferlab::cli::argumentError(app, error);
    }
    inferlab::cli::flushOut();
    return context.exitCode;
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    try {
        return run(argc, argv);
    } catch (const inferlab::InputError &error) {
        std::fprintf(stderr, "inferlab-cli: %s\n", error.what());
        return 2;
    } catch (const inferlab::Cancelled &) {
        return 130;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "inferlab-cli: %s\n", wordsFor(error).c_str());
        return 1;
    }
}
