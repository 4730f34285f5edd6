// inferlab-cli ops: every operator of a backend against the reference, over shapes and types:
// error, time, GB/s and GFLOP/s.
#include "commands.h"
#include "common_options.h"

#include "argument_checks.h"
#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"
#include "standard_output.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace inferlab::cli {

namespace {

constexpr double kMostSeconds = 60; // of one case: beyond, nothing is learnt

struct OpsOptions
{
    std::string backend = "cpu";
    std::string isa;
    std::string op;
    std::string dtype;
    int threads = 0;
    double seconds = 0.05; // per case: a small operator runs some hundred times in it
    bool edges = false;
    bool json = false;
};

struct OpsTotals
{
    int run = 0;
    int failed = 0;
    int unsupported = 0;
};

std::unique_ptr<Backend> openTested(const OpsOptions &options)
{
    const int threads = options.threads > 0 ? options.threads : defaultThreads();
    try {
        return openBackend(options.backend, threads, options.isa);
    } catch (const std::runtime_error &error) {
        throw InputError(error.what()); // what was asked for, not what went wrong
    }
}

const char *verdict(const OperatorComparison &comparison)
{
    if (!comparison.unsupported.empty())
        return "not supported";
    if (!comparison.finite)
        return "FAILED: not a number";
    if (!comparison.guardsIntact)
        return "FAILED: wrote out of bounds";
    return comparison.passed ? "ok" : "FAILED: error";
}

void printRow(const OperatorCase &operatorCase, const OperatorComparison &comparison,
              double seconds)
{
    printOut("%-13s %-7s %-52s ", operatorCase.op.c_str(), operatorCase.dtype.c_str(),
             operatorCase.shape.c_str());
    if (!comparison.unsupported.empty()) {
        printOut("not supported: %s\n", comparison.unsupported.c_str());
        return;
    }
    printOut("%9.1e %11s %8s %9s  %s\n", comparison.maxError, fixedText(seconds * 1e6, 1).c_str(),
             fixedText(operatorCase.bytes / seconds * 1e-9, 2).c_str(),
             fixedText(operatorCase.flops / seconds * 1e-9, 2).c_str(), verdict(comparison));
}

nlohmann::ordered_json rowJson(const OperatorCase &operatorCase,
                               const OperatorComparison &comparison, double seconds)
{
    nlohmann::ordered_json row {{"op", operatorCase.op},
                                {"dtype", operatorCase.dtype},
                                {"shape", operatorCase.shape},
                                {"verdict", verdict(comparison)}};
    if (!comparison.unsupported.empty()) {
        row["reason"] = comparison.unsupported;
        return row;
    }
    row["max_error"] = comparison.maxError;
    row["tolerance"] = comparison.tolerance;
    row["seconds"] = seconds;
    row["gb_s"] = operatorCase.bytes / seconds * 1e-9;
    row["gflop_s"] = operatorCase.flops / seconds * 1e-9;
    return row;
}

bool wanted(const OpsOptions &options, const OperatorCase &operatorCase)
{
    return (options.op.empty() || options.op == operatorCase.op)
        && (options.dtype.empty() || options.dtype == operatorCase.dtype);
}

std::vector<OperatorCase> wantedCases(const OpsOptions &options)
{
    std::vector<OperatorCase> cases = options.edges ? edgeCases() : typicalCases();
    std::set<std::string> operators;
    for (const OperatorCase &operatorCase : cases)
        operators.insert(operatorCase.op);
    std::erase_if(cases, [&](const OperatorCase &each) { return !wanted(options, each); });
    if (!cases.empty())
        return cases;
    if (operators.contains(options.op))
        throw InputError("--dtype", "", "a type that " + options.op + " is timed with",
                         "\"" + options.dtype + "\"");
    if (options.op.empty())
        throw InputError("--dtype", "", "a type of weight or cache, such as Q4_0",
                         "\"" + options.dtype + "\"");
    std::string names;
    for (const std::string &name : operators)
        names += (names.empty() ? "" : ", ") + name;
    throw InputError("--op", "", "one of " + names, "\"" + options.op + "\"");
}

int runOps(const OpsOptions &options, const Context &context)
{
    const std::vector<OperatorCase> cases = wantedCases(options);
    const std::unique_ptr<Backend> tested = openTested(options);
    const std::unique_ptr<Backend> reference = openBackend("reference", 1);
    if (!options.json) {
        printOut("%s, %d %s. Error: largest difference from the reference over the root "
                 "mean square of its output.\n\n",
                 tested->device().name.c_str(), tested->threads(),
                 tested->threads() == 1 ? "thread" : "threads");
        printOut("%-13s %-7s %-52s %9s %s %8s %9s  %s\n", "operator", "dtype", "shape", "error",
                 "   time, \u00b5s", "GB/s", "GFLOP/s", "verdict");
        flushOut();
    }
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    OpsTotals totals;
    const StopCheck interrupted = [&context] { return context.interrupted->load(); };
    tested->setStopCheck(interrupted);
    reference->setStopCheck(interrupted);
    for (const OperatorCase &operatorCase : cases) {
        const OperatorComparison comparison = compareOperator(operatorCase, *tested, *reference);
        const bool supported = comparison.unsupported.empty();
        const double seconds =
            supported ? timeOperator(operatorCase, *tested, options.seconds, interrupted) : 0.0;
        if (interrupted()) // what was computed last is not whole
            break;
        totals.run += supported;
        totals.unsupported += !supported;
        totals.failed += supported && !comparison.passed;
        if (options.json)
            rows.push_back(rowJson(operatorCase, comparison, seconds));
        else
            printRow(operatorCase, comparison, seconds);
        flushOut();
    }
    if (options.json) {
        const nlohmann::ordered_json document {{"backend", tested->device().name},
                                               {"threads", tested->threads()},
                                               {"failed", totals.failed},
                                               {"results", std::move(rows)}};
        printOut("%s\n", document.dump(2).c_str());
    } else {
        printOut("\n%d compared, %d failed, %d not supported\n", totals.run, totals.failed,
                 totals.unsupported);
    }
    if (interrupted())
        return 130;
    return totals.failed == 0 ? 0 : 1;
}

} // namespace

void addOps(CLI::App &app, Context &context)
{
    CLI::App *command =
        app.add_subcommand("ops", "Compare every operator with the reference, and time it");
    const auto options = std::make_shared<OpsOptions>();
    command->add_option("--backend", options->backend, "What is compared: cpu, cuda or reference")
        ->type_name("NAME")
        ->capture_default_str();
    addThreadsOption(*command, options->threads);
    addInstructionSetOption(*command, options->isa);
    command->add_option("--op", options->op, "This operator alone, such as matmul")
        ->type_name("NAME")
        ->default_str("all");
    command
        ->add_option("--dtype", options->dtype, "This type of weight or cache alone, such as Q4_0")
        ->type_name("NAME")
        ->default_str("all");
    command->add_option("--seconds", options->seconds, "Time each case for at least so many s")
        ->type_name("X")
        ->check(realNumber(0, kMostSeconds))
        ->capture_default_str();
    command->add_flag("--edges", options->edges, "Small odd shapes instead of models' shapes");
    addJsonOption(*command, options->json);
    command->callback([options, &context] { context.exitCode = runOps(*options, context); });
}

} // namespace inferlab::cli
