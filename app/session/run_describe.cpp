#include "run_describe.h"

#include "app/run_setup/run_setup.h"
#include "kernels/api/devices.h"

namespace inferlab {

ModelSummary summariseModel(const ModelChoice &choice, const LoadedModel *model)
{
    ModelSummary summary;
    summary.choice = choice;
    if (model == nullptr)
        return summary;
    summary.identity = model->identity();
    summary.config = model->config();
    summary.tokenizer = QString::fromStdString(model->tokenizer().description());
    summary.deviceName = QString::fromStdString(model->backend().device().name);
    summary.hasChatTemplate = model->chatTemplate() != nullptr;
    return summary;
}

RunRecord describeRun(const RunPlan &plan, const LoadedModel *model)
{
    RunSettings settings = plan.settings;
    settings.device = plan.model.device.toStdString();
    settings.threads = plan.model.threads > 0 ? plan.model.threads : defaultThreads();
    RunRecord record = recordHead(settings, model);
    if (!plan.label.isEmpty())
        record.label = plan.label.toStdString();
    return record;
}

} // namespace inferlab
