// Runs the experiment on this thread and draws what it measured.
#include "headless_experiment.h"

#include "app/experiment/experiment_choice.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/folder_run.h"
#include "app/experiment/progress_printer.h"
#include "app/experiment/progress_words.h"
#include "app/experiment/result_json.h"
#include "app/history/history.h"
#include "app/machine/calibration_file.h"
#include "app/startup/default_model.h"
#include "engine/base/error.h"
#include "kept_history.h"
#include "ui/charts/experiment/experiment_export.h"
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>

namespace inferlab {

namespace {

std::atomic<bool> interrupted {false}; // set by the signal handler
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may only set a lock-free flag");

void onInterrupt(int)
{
    interrupted.store(true);
}

void printList(bool json)
{
    if (json) {
        std::puts(jsonText(presetListJson(), 2).c_str());
        return;
    }
    for (const Experiment &preset : experimentPresets())
        std::printf("%-22s %10s  %s\n", preset.name.c_str(),
                    roughDurationText(preset.expectedSeconds).c_str(), preset.question.c_str());
}

std::string modelOf(const CommandLine &arguments)
{
    if (!arguments.model.empty())
        return arguments.model;
    const auto standard = defaultModelPath();
    if (!standard)
        throw InputError("neither HOME nor XDG_CACHE_HOME says where the default model lies; "
                         "--model FILE takes another");
    return standard->string();
}

} // namespace

int runHeadlessExperiment(const CommandLine &arguments)
{
    if (arguments.listPresets) {
        printList(arguments.json);
        return 0;
    }
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    ThemeController theme(*qApp, [] { return false; }); // pictures are made for paper: light
    ExperimentChoice choice;
    choice.preset = arguments.preset;
    choice.file = arguments.planFile;
    choice.model = modelOf(arguments);
    if (!arguments.device.empty())
        choice.device = arguments.device;
    choice.threads = arguments.threads;
    FolderRun plan {chosenExperiment(choice), choice.model, arguments.outputFolder,
                    EngineAccess::real(), calibrationPath()};
    const std::unique_ptr<History> history = openHistory(arguments);
    const RunKeeper keeper = keeperOf(history.get());
    ProgressPrinter progress(stderr);
    if (history != nullptr)
        QObject::connect(history.get(), &History::noticed, qApp,
                         [&progress](const QString &line) { progress.tell({line.toStdString()}); });
    if (keeper)
        plan.keep = [&](const ExperimentResult &result, size_t point, int32_t repeat) {
            try {
                keepMeasured(keeper, result, point, repeat);
            } catch (const std::exception &error) {
                progress.tell({notKeptLine(error)});
            }
            // What it says of its file: nothing else lets events through here.
            QCoreApplication::sendPostedEvents(history.get());
        };
    FolderRunEnd end = runInFolder(plan, interrupted,
                                   [&progress](const ProgressLine &line) { progress.tell(line); });
    const auto result = std::make_shared<const ExperimentResult>(std::move(end.result));
    const auto outlook = std::make_shared<const ExperimentOutlook>(std::move(end.outlook));
    const QStringList files =
        exportExperiment(result, outlook, QString::fromStdString(arguments.outputFolder));
    progress.tell({"wrote charts and a report, " + std::to_string(files.size()) + " files, into "
                   + arguments.outputFolder});
    if (arguments.json)
        std::puts(jsonText(experimentJson(*result, outlook.get(), plan.folder), 2).c_str());
    return exitCodeOf(*result, interrupted);
}

} // namespace inferlab
