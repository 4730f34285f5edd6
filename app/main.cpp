// inferlab: the window, or the demo where there is no display. The arguments are read first: they
// decide which application object is made.
#include "app/history/history.h"
#include "app/machine/calibration_file.h"
#include "app/machine/gpu_watch.h"
#include "app/machine/known_calibration.h"
#include "app/run_setup/run_setup.h"
#include "app/session/session.h"
#include "app/startup/command_line.h"
#include "app/startup/default_model.h"
#include "app/startup/first_prompt.h"
#include "app/startup/startup_trace.h"
#include "engine/base/error.h"
#include "engine/files/hash_cache.h"
#include "headless_demo.h"
#include "headless_experiment.h"
#include "kept_history.h"
#include "kernels/api/devices.h"
#include "kernels/api/gpu_monitor.h"
#include "quit_signals.h"
#include "ui/charts/chart_source.h"
#include "ui/main_window/experiment_pages.h"
#include "ui/main_window/history_pages.h"
#include "ui/main_window/main_window.h"
#include "ui/pages/run_page.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/model_picker.h"
#include "ui/widgets/prompt_editor.h"

#include <QApplication>
#include <QFileInfo>
#include <QIcon>
#include <QStandardPaths>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace inferlab {

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitBadInput = 2;
constexpr int kExitInterrupted = 130;
constexpr int kExitSignal = 128;            // and the number of the signal, as shells have it
constexpr unsigned long kLastWaitMs = 2000; // for the devices, when the window has closed
constexpr auto kDemoFolder = "inferlab-demo";

bool hasDisplay()
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY")
        || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

std::vector<ChartCard *> makeCharts()
{
    std::vector<ChartCard *> charts;
    for (const QString &id : chartIds())
        charts.push_back(makeChartCard(id));
    return charts;
}

struct FoundDevices
{
    std::vector<DeviceInfo> devices;
    std::shared_ptr<GpuWatch> gpu; // what its driver tells while it is used; null: nothing
};

// A driver may take its time to answer: not for the window's thread.
FoundDevices findDevices()
{
    FoundDevices found {listDevices(), nullptr};
    for (const DeviceInfo &device : found.devices) {
        if (device.kind != "cuda" || !device.available)
            continue;
        std::string reason;
        const std::shared_ptr<GpuMonitor> monitor = openGpuMonitor(device.busId, reason);
        if (monitor)
            found.gpu = std::make_shared<GpuWatch>([monitor] { return monitor->read(); });
        else
            std::fprintf(stderr, "inferlab: no figures of the GPU: %s\n", reason.c_str());
    }
    return found;
}

QString settingsFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::ConfigLocation)
        + QStringLiteral("/inferlab/inferlab.ini");
}

QString dataFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
}

// The one used last, so that people find the window as they left it; empty when there is no file.
QString modelAtStart(const Settings &settings, const QString &standard)
{
    const QStringList &recent = settings.recentModels();
    const bool named = qEnvironmentVariableIsSet("INFERLAB_MODEL");
    if (!named && !recent.isEmpty() && QFileInfo::exists(recent.first()))
        return recent.first();
    return QFileInfo::exists(standard) ? standard : QString();
}

std::vector<std::string> gpuNames(const std::vector<DeviceInfo> &devices)
{
    std::vector<std::string> names;
    for (const DeviceInfo &device : devices) {
        if (device.kind == "cuda" && device.available)
            names.push_back(device.name);
    }
    return names;
}

void prepare(MainWindow &window, const CommandLine &arguments, const Settings &settings,
             const std::vector<DeviceInfo> &devices)
{
    ControlPanel *controls = window.runPage()->controls();
    const QString standard =
        QString::fromStdString(defaultModelPath().value_or(std::filesystem::path()).string());
    controls->modelPicker()->setDefaultPath(QFileInfo::exists(standard) ? standard : QString());
    controls->modelPicker()->setRecent(settings.recentModels());
    controls->promptEditor()->setPrompt(arguments.prompt.empty()
                                            ? QString::fromUtf8(kFirstPrompt)
                                            : QString::fromStdString(arguments.prompt));
    window.runPage()->restoreSwitches(
        usualBatchInvariant(gpuNames(devices), programName(), calibrationPath()));
    if (arguments.batch)
        controls->switches()->setBatch(*arguments.batch);
    if (arguments.newTokens)
        controls->switches()->setNewTokens(*arguments.newTokens);
    if (!arguments.model.empty())
        window.openFile(QString::fromStdString(arguments.model));
    else if (const QString model = modelAtStart(settings, standard); !model.isEmpty())
        window.runPage()->chooseModel(model);
    if (!arguments.openRecord.empty())
        window.openFile(QString::fromStdString(arguments.openRecord));
    controls->focusRun();
}

void traceTimes(MainWindow &window)
{
    if (!startupTraceWanted())
        return;
    QObject::connect(&window, &MainWindow::firstPainted, &window,
                     [] { traceStartup("window-visible-ms", millisecondsSinceProcessStart()); });
    QObject::connect(window.runPage(), &RunPage::firstTokenShown, &window,
                     [](double ms) { traceStartup("first-token-ms", ms); });
}

int runWindow(QApplication &application, const CommandLine &arguments)
{
    const std::unique_ptr<History> history = openHistory(arguments); // outlives the session,
                                                                     // whose last run goes there
    ThemeController theme(application);
    Settings settings;
    settings.loadFrom(settingsFile());
    Session session(EngineSource::real(userHashCache(), calibrationPath()), nullptr,
                    keeperOf(history.get()));
    MainWindow window(session, settings, theme, makeCharts());
    addExperimentPage(window, session, dataFolder() + QStringLiteral("/experiments"),
                      calibrationPath());
    addHistoryPages(window, history.get(), settings);
    traceTimes(window);
    window.show();
    const auto found = std::make_shared<FoundDevices>(); // the search's too, which may stay behind
    std::unique_ptr<QThread> search(QThread::create([found] { *found = findDevices(); }));
    QObject::connect(search.get(), &QThread::finished, &window, [&] {
        EngineSwitches *switches = window.runPage()->controls()->switches();
        switches->setDevices(found->devices);
        switches->setGpuWatch(found->gpu);
        prepare(window, arguments, settings, found->devices);
    });
    // After the first paint: the devices take a moment to ask, and loading may use every core.
    QObject::connect(&window, &MainWindow::firstPainted, search.get(), [&search] {
        search->start(); // once: firstPainted comes once
    });
    const QuitSignals quitSignals([&window] { window.close(); });
    const int code = QApplication::exec();
    if (!search->wait(kLastWaitMs))
        search.release(); // a driver that never answers: the process ends without it
    return quitSignals.received() != 0 ? kExitSignal + quitSignals.received() : code;
}

int start(int argc, char **argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto parsed = parseCommandLine(words);
    if (const auto *error = std::get_if<CommandLineError>(&parsed)) {
        std::fprintf(stderr, "inferlab: %s\n", InputError(error->line).what());
        return kExitBadInput;
    }
    CommandLine arguments = std::get<CommandLine>(parsed);
    if (arguments.mode == CommandLine::Mode::Help) {
        std::fputs(commandLineHelp().c_str(), stdout);
        return 0;
    }
    if (arguments.mode == CommandLine::Mode::Version) {
        std::puts(INFERLAB_VERSION);
        return 0;
    }
    const bool platformGiven = std::find(words.begin(), words.end(), "-platform") != words.end();
    if (arguments.mode == CommandLine::Mode::Window && !hasDisplay() && !platformGiven) {
        arguments.mode = CommandLine::Mode::Demo;
        arguments.outputFolder = kDemoFolder;
        std::fprintf(stderr,
                     "inferlab: no display (neither DISPLAY nor WAYLAND_DISPLAY is set): "
                     "writing a demo into ./%s\n",
                     kDemoFolder);
    }
    const bool headless = arguments.mode == CommandLine::Mode::Demo
        || arguments.mode == CommandLine::Mode::Experiment;
    if (headless)
        qputenv("QT_QPA_PLATFORM", "offscreen"); // charts need fonts and a painter, not a screen
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("inferlab"));
    QApplication::setApplicationDisplayName(QStringLiteral("InferLab"));
    QApplication::setApplicationVersion(QStringLiteral(INFERLAB_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("inferlab"));
    if (arguments.mode == CommandLine::Mode::Experiment)
        return runHeadlessExperiment(arguments);
    return headless ? runHeadlessDemo(arguments) : runWindow(application, arguments);
}

} // namespace

} // namespace inferlab

int main(int argc, char **argv)
{
    try {
        return inferlab::start(argc, argv);
    } catch (const inferlab::InputError &error) {
        std::fprintf(stderr, "inferlab: %s\n", error.what());
        return inferlab::kExitBadInput;
    } catch (const inferlab::Cancelled &) {
        return inferlab::kExitInterrupted;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "inferlab: %s\n", error.what());
        return inferlab::kExitFailed;
    }
}
