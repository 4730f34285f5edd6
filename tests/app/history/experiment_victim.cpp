// experiment_victim FOLDER HISTORY [N]: an experiment as the window carries it out, into a folder
// and the history; to be killed. With N it kills itself once the history has its N-th run of this
// process, before the folder counts it.
#include "app/history/history.h"
#include "app/session/session.h"
#include "support/synthetic_engine.h"

#include <QCoreApplication>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

inferlab::ExperimentPlan planInto(const char *folder)
{
    inferlab::ExperimentPlan plan;
    // Looked at before the first run; the engine needs none.
    plan.model.path = QStringLiteral(INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf");
    plan.folder = QString::fromLocal8Bit(folder);
    plan.experiment.name = "two \"batches\"";
    plan.experiment.prompts = {"hello", "what is there?"};
    plan.experiment.axes = {{inferlab::AxisKind::Batch, {1.0, 2.0}}};
    plan.experiment.repeats = 6;
    plan.experiment.warmUps = 0;
    plan.experiment.held.run.maxNewTokens = 8;
    plan.experiment.held.run.chat = false;
    return plan;
}

} // namespace

int main(int argc, char **argv)
{
    using namespace inferlab;
    QCoreApplication application(argc, argv);
    if (argc < 3) {
        std::fprintf(stderr, "usage: experiment_victim FOLDER HISTORY [N]\n");
        return 2;
    }
    const int last = argc > 3 ? std::atoi(argv[3]) : 0;
    History history(QString::fromLocal8Bit(argv[2]));
    int kept = 0;
    Session session(test::syntheticSource(test::paced(std::chrono::microseconds(500))), nullptr,
                    [&](const RunRecord &run, const std::optional<RunPlace> &place) {
                        history.save(run,
                                     ExperimentPlace {QString::fromStdString(place->experiment),
                                                      place->point, place->repeat});
                        std::printf("%d %d\n", place->point, place->repeat);
                        std::fflush(stdout);
                        if (++kept == last)
                            std::raise(SIGKILL);
                    });
    QObject::connect(&session, &Session::experimentFinished, &application,
                     [](const ExperimentResultPtr &result) {
                         QCoreApplication::exit(result->complete() ? 0 : 1);
                     });
    QObject::connect(&session, &Session::failed, &application, [](const QString &line) {
        std::fprintf(stderr, "%s\n", qPrintable(line));
        QCoreApplication::exit(3);
    });
    session.runExperiment(planInto(argv[1]));
    return QCoreApplication::exec();
}
