// inferlab-cli: the engine without a window. Parses the command line, runs one subcommand, turns
// what went wrong into one line and an exit code.
#include "argument_error.h"
#include "commands.h"

#include "engine/base/error.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

namespace {

// Set by the signal handler, polled by commands between two steps.
std::atomic<bool> interruptRequested {false};
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may only set a lock-free flag");

void onInterrupt(int)
{
    interruptRequested.store(true);
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);

    CLI::App app {"InferLab's engine on the command line"};
    app.name("inferlab-cli");
    app.set_version_flag("--version", INFERLAB_VERSION);
    app.require_subcommand(1);
    inferlab::cli::Context context;
    context.interrupted = &interruptRequested;
    inferlab::cli::addGenerate(app, context);
    inferlab::cli::addBench(app, context);
    inferlab::cli::addLogits(app, context);
    inferlab::cli::addPerplexity(app, context);
    inferlab::cli::addDevices(app, context);
    inferlab::cli::addInspect(app, context);
    inferlab::cli::addOps(app, context);
    inferlab::cli::addKnee(app, context);
    inferlab::cli::addMetrics(app, context);
    inferlab::cli::addTokenize(app, context);
    inferlab::cli::addTemplate(app, context);

    try {
        app.parse(argc, argv);
        // A full disk shows when the last of the output is written.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            throw std::runtime_error("the output could not be written completely");
        return context.exitCode;
    } catch (const CLI::ParseError &error) {
        if (error.get_exit_code() == 0)
            return app.exit(error); // --help, --version
        std::fprintf(stderr, "inferlab-cli: %s\n", inferlab::cli::argumentError(app, error).what());
        return 2;
    } catch (const inferlab::InputError &error) {
        std::fprintf(stderr, "inferlab-cli: %s\n", error.what());
        return 2;
    } catch (const inferlab::Cancelled &) {
        return 130;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "inferlab-cli: %s\n", error.what());
        return 1;
    }
}
