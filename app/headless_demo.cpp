// Runs once and writes everything down.
#include "headless_demo.h"

#include "app/session/session.h"
#include "app/startup/default_model.h"
#include "app/startup/first_prompt.h"
#include "engine/base/error.h"
#include "engine/files/hash_cache.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_source.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/stats_line.h"

#include <QApplication>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace inferlab {

namespace {

// A knee search beside the answer: long enough for a rate, short enough to wait for.
constexpr int kKneeTokens = 32;

constexpr int kExitFailed = 1;
constexpr int kExitBadInput = 2;

class Demo
{
public:
    explicit Demo(const CommandLine &arguments)
    {
        m_plan.model.path = QString::fromStdString(arguments.model);
        RunSettings &settings = m_plan.settings;
        settings.prompt = arguments.prompt.empty() ? kFirstPrompt : arguments.prompt;
        settings.batch = arguments.batch.value_or(settings.batch);
        settings.maxNewTokens = arguments.newTokens.value_or(settings.maxNewTokens);
        QObject::connect(&m_session, &Session::modelReady, &m_session,
                         [this](const ModelSummary &model) { ready(model); });
        QObject::connect(&m_session, &Session::runAdvanced, &m_session, [this] {
            if (m_run == nullptr)
                print();
        });
        QObject::connect(&m_session, &Session::runFinished, &m_session,
                         [this](const RunRecordPtr &run) {
                             if (m_run == nullptr)
                                 m_run = run;
                         });
        QObject::connect(&m_session, &Session::kneeFinished, &m_session,
                         [this](const std::vector<RunRecordPtr> &runs) { m_sweep = runs; });
        QObject::connect(&m_session, &Session::failed, &m_session, [this](const QString &line) {
            std::fprintf(stderr, "inferlab: %s\n", qPrintable(line));
        });
        QObject::connect(&m_session, &Session::statusChanged, &m_session, [this] {
            if (!m_session.isBusy())
                m_loop.quit();
        });
    }

    // The finished run; null with the exit code set when there is none.
    RunRecordPtr run(int &exitCode)
    {
        m_session.load(m_plan.model);
        m_loop.exec();
        if (!m_session.model()) { // the file is to blame
            exitCode = kExitBadInput;
            return nullptr;
        }
        m_session.run(m_plan);
        m_loop.exec();
        if (m_run == nullptr) { // the prompt, or numbers that do not fit
            exitCode = kExitBadInput;
            return nullptr;
        }
        printFrom(*m_run);
        std::puts("");
        std::fflush(stdout); // before lines on stderr
        if (m_run->requests.front().endReason == EndReason::Error) {
            std::fprintf(stderr, "inferlab: %s\n", m_run->requests.front().message.c_str());
            exitCode = kExitFailed;
        }
        return m_run;
    }

    std::vector<RunRecordPtr> findKnee()
    {
        std::fprintf(stderr, "inferlab: searching the knee over batch sizes\n");
        KneePlan plan;
        plan.base = m_plan;
        plan.base.settings.maxNewTokens = std::min(m_plan.settings.maxNewTokens, kKneeTokens);
        m_session.findKnee(plan);
        m_loop.exec();
        return m_sweep;
    }

private:
    // A model without a chat template goes on with the prompt as it stands.
    void ready(const ModelSummary &model)
    {
        m_plan.settings.chat = model.hasChatTemplate;
        std::fprintf(stderr, "inferlab: %s on %s\n", model.identity.file.c_str(),
                     qPrintable(model.deviceName));
    }

    // What the first answer has gained.
    void print()
    {
        if (const RunRecord *run = m_session.liveRun())
            printFrom(*run);
    }

    void printFrom(const RunRecord &run)
    {
        if (run.requests.empty())
            return;
        const std::string &text = run.requests.front().text;
        if (text.size() <= m_printed)
            return;
        std::fwrite(text.data() + m_printed, 1, text.size() - m_printed, stdout);
        std::fflush(stdout);
        m_printed = text.size();
    }

    RunPlan m_plan;
    Session m_session {EngineSource::real(userHashCache())};
    QEventLoop m_loop;
    RunRecordPtr m_run;
    std::vector<RunRecordPtr> m_sweep;
    size_t m_printed = 0; // bytes of the first answer
};

int writeFiles(const RunRecordPtr &run, const std::vector<RunRecordPtr> &sweep,
               const std::string &folder)
{
    ChartData shown;
    shown.current = run.get();
    shown.sweep = sweep;
    std::vector<ExportedChart> charts;
    for (const QString &id : chartIds())
        charts.push_back(exportedChart(*makeChartSource(id), shown));
    try {
        const QStringList files = exportAll(charts, shown, QString::fromStdString(folder));
        std::fprintf(stderr, "inferlab: wrote %d files into %s\n", static_cast<int>(files.size()),
                     folder.c_str());
    } catch (const InputError &error) {
        std::fprintf(stderr, "inferlab: %s\n", error.what());
        return kExitBadInput;
    }
    return 0;
}

} // namespace

int runHeadlessDemo(const CommandLine &arguments)
{
    CommandLine chosen = arguments;
    if (chosen.model.empty()) {
        const auto standard = defaultModelPath();
        if (!standard) {
            std::fputs("inferlab: neither HOME nor XDG_CACHE_HOME says where the default model "
                       "lies; --model FILE takes another\n",
                       stderr);
            return kExitBadInput;
        }
        chosen.model = standard->string();
    }
    std::error_code ignored;
    if (!std::filesystem::exists(chosen.model, ignored)) {
        std::fprintf(
            stderr,
            "inferlab: %s: there is no such model; packaging/fetch_model.sh fetches the default "
            "one, --model FILE takes another\n",
            chosen.model.c_str());
        return kExitBadInput;
    }
    ThemeController theme(*qApp, [] { return false; }); // pictures are made for paper: light
    int exitCode = 0;
    // Before minutes of work: can there be files at all?
    const QString probe =
        QDir(QString::fromStdString(chosen.outputFolder)).filePath(QStringLiteral("runs.json"));
    try {
        makeExportFolder(QString::fromStdString(chosen.outputFolder));
        writeWhole(probe, "\n");
        QFile::remove(probe);
    } catch (const InputError &error) {
        std::fprintf(stderr, "inferlab: %s\n", error.what());
        return kExitBadInput;
    }
    Demo demo(chosen);
    const RunRecordPtr run = demo.run(exitCode);
    if (run == nullptr)
        return exitCode;
    std::fprintf(stderr, "inferlab: %s\n", qPrintable(statsText(*run, 0, false)));
    const int written = writeFiles(run, demo.findKnee(), chosen.outputFolder);
    return written != 0 ? written : exitCode;
}

} // namespace inferlab
