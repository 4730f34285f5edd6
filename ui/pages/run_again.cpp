#include "run_again.h"

#include "app/run_setup/run_requests.h"

#include <QObject>

namespace inferlab {

RunPlan planAgain(const RunRecord &run, const QString &model)
{
    RunPlan plan;
    plan.model.path = model;
    plan.model.device = QString::fromStdString(run.settings.device);
    plan.model.threads = run.settings.threads;
    plan.settings = run.settings;
    if (!run.settings.promptPool.empty()) // a point of an experiment goes by its name there
        plan.label = QString::fromStdString(run.label);
    return plan;
}

QString againProblem(const RunRecord &run)
{
    if (run.settings.prompt.empty() && run.settings.promptPool.empty())
        return QObject::tr(
            "Its record holds no prompt, so that it cannot be run again: it came from "
            "another program, from token ids, or from an experiment of an earlier "
            "version");
    return {};
}

QStringList beyondSwitches(const RunSettings &wanted, const RunSettings &shown)
{
    QStringList words;
    const auto add = [&words](bool differs, const QString &what) {
        if (differs)
            words << what;
    };
    add(wanted.device != shown.device,
        QObject::tr("device %1").arg(QString::fromStdString(wanted.device)));
    add(!wanted.promptPool.empty(),
        wanted.promptPool.size() == 1
            ? QObject::tr("the experiment's own prompt")
            : QObject::tr("prompts drawn from %1").arg(wanted.promptPool.size()));
    add(requestsOf(wanted) != requestsOf(shown),
        QObject::tr("%1 requests").arg(requestsOf(wanted)));
    add(wanted.concurrency != shown.concurrency,
        QObject::tr("%1 in flight").arg(wanted.concurrency));
    add(wanted.promptTokens != shown.promptTokens,
        QObject::tr("prompts of %1 tokens").arg(wanted.promptTokens));
    add(wanted.leastNewTokens != shown.leastNewTokens,
        QObject::tr("answers of %1 to %2 tokens")
            .arg(wanted.leastNewTokens)
            .arg(wanted.maxNewTokens));
    // Those have switches, which hold less than a record can.
    add(wanted.batch != shown.batch, QObject::tr("batch %1").arg(wanted.batch));
    add(wanted.maxNewTokens != shown.maxNewTokens,
        QObject::tr("%1 new tokens").arg(wanted.maxNewTokens));
    add(wanted.padding != shown.padding, QObject::tr("padding"));
    add(wanted.sampling.seed != shown.sampling.seed,
        QObject::tr("seed %1").arg(wanted.sampling.seed));
    return words;
}

} // namespace inferlab
