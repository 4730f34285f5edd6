// inferlab-cli knee: where more load stops paying, by every method.
#include "commands.h"
#include "common_options.h"
#include "standard_output.h"

#include "argument_checks.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/base/number_text.h"
#include "engine/measure/knee.h"
#include "engine/measure/knee_words.h"
#include "engine/measure/load_points_csv.h"

#include <cstdio>
#include <memory>

namespace inferlab::cli {

namespace {

// Of a latency budget: no request that anybody waits for takes longer, and its sums stay exact.
constexpr double kMaxBudgetMs = 1e9;

struct Arguments
{
    std::string csv;
    std::optional<double> budgetMs;
    bool json = false;
};

// Every method's answer by its name, then what is behind them.
void printJson(const KneeReport &report)
{
    const auto orNull = [](std::optional<double> v) { return v ? Json(*v) : Json(nullptr); };
    Json document;
    Json notes;
    for (const KneeAnswer &answer : report.answers) {
        document[answer.method] = orNull(answer.load);
        notes[answer.method] = answer.note;
    }
    document["recommended"] = orNull(report.recommended);
    document["recommended_by"] = report.recommended ? Json(report.recommendedBy) : Json(nullptr);
    document["methods_disagree"] = report.methodsDisagree;
    document["disagreement"] = kneeDisagreement(report);
    document["usl_fit"] = nullptr;
    if (report.usl) {
        document["usl_fit"] = {{"lambda", report.usl->lambda},
                               {"sigma", report.usl->sigma},
                               {"kappa", report.usl->kappa},
                               {"peak_load", orNull(report.usl->peakLoad)}};
    }
    document["notes"] = notes;
    printOut("%s\n", jsonText(document, 2).c_str());
}

void printTable(const KneeReport &report)
{
    printOut("%-16s  %10s\n", "method", "load");
    for (const KneeAnswer &answer : report.answers) {
        printOut("%-16s  %10s  %s\n", answer.method.c_str(),
                 answer.load ? shortText(*answer.load, 4).c_str() : "-", answer.note.c_str());
    }
    if (report.recommended) {
        printOut("\nKnee: %s (%s)\n", shortText(*report.recommended, 4).c_str(),
                 report.recommendedBy.c_str());
    } else {
        printOut("\nNo knee over these loads\n");
    }
    if (const std::string words = kneeDisagreement(report); !words.empty())
        printOut("%s\n", words.c_str());
    if (report.methodsDisagree)
        printOut("Kneedle over the load and over its log2 disagree: read the curve itself\n");
}

void runKnee(const Arguments &arguments)
{
    const MappedFile file(arguments.csv);
    const auto bytes = file.bytes();
    const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    const KneeReport report = findKnees(loadPointsFromCsv(text, arguments.csv), arguments.budgetMs);
    if (arguments.json)
        printJson(report);
    else
        printTable(report);
}

} // namespace

void addKnee(CLI::App &app, Context &)
{
    CLI::App *command = app.add_subcommand("knee", "Where more load stops paying, by every method");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option("--csv", arguments->csv,
                     "A file with the columns x (load), throughput and latency (ms), after a "
                     "header line")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    command->add_option("--budget", arguments->budgetMs, "Latency that is allowed, ms")
        ->type_name("MS")
        ->check(positiveNumber(kMaxBudgetMs));
    addJsonOption(*command, arguments->json);
    command->callback([arguments] { runKnee(*arguments); });
}

} // namespace inferlab::cli
