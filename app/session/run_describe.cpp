#include "run_describe.h"

#include "kernels/api/devices.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace inferlab {

namespace {

// ISO 8601 with the offset from UTC: a record is read elsewhere, later.
std::string dateNow()
{
    const std::time_t now = std::time(nullptr);
    std::tm local {};
    localtime_r(&now, &local);
    std::array<char, 40> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S%z", &local);
    std::string date = text.data();
    if (date.size() > 2) // +0100 to +01:00
        date.insert(date.size() - 2, ":");
    return date;
}

std::string machineLine(const LoadedModel *model, const RunSettings &settings)
{
    std::string line = model != nullptr ? model->backend().device().name : settings.device;
    return line + ", " + std::to_string(settings.threads)
        + (settings.threads == 1 ? " thread" : " threads");
}

} // namespace

EngineOptions engineOptions(const RunSettings &settings, size_t promptTokens,
                            const LoadedModel *model)
{
    EngineOptions options;
    options.kvCache = settings.kvCache;
    options.maxSequences = settings.batch;
    const int64_t wanted = static_cast<int64_t>(promptTokens) + settings.maxNewTokens;
    const int64_t limit = settings.contextTokens > 0 ? settings.contextTokens
        : model != nullptr                           ? model->config().contextTokens
                                                     : wanted;
    options.contextTokens = static_cast<int32_t>(std::min(wanted, limit));
    return options;
}

Request makeRequest(const RunSettings &settings, const std::vector<int32_t> &prompt, int32_t index)
{
    Request request;
    request.promptTokens = prompt;
    request.sampling = settings.sampling;
    request.sampling.seed += static_cast<uint64_t>(index);
    request.maxNewTokens = settings.maxNewTokens;
    request.ignoreEnd = settings.ignoreEnd;
    return request;
}

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

std::string runLabel(const RunSettings &settings)
{
    std::string label = settings.device == "cpu" ? "CPU"
        : settings.device == "cuda"              ? "GPU"
                                                 : settings.device;
    label += ", batch " + std::to_string(settings.batch);
    if (!settings.kvCache)
        label += ", KV cache off";
    return label;
}

RunRecord describeRun(const RunPlan &plan, const LoadedModel *model)
{
    RunRecord record;
    record.settings = plan.settings;
    record.settings.device = plan.model.device.toStdString();
    record.settings.threads = model != nullptr ? model->backend().threads()
        : plan.model.threads > 0               ? plan.model.threads
                                               : defaultThreads();
    record.label = plan.label.isEmpty() ? runLabel(record.settings) : plan.label.toStdString();
    record.provenance.program = "InferLab " INFERLAB_VERSION;
    record.provenance.date = dateNow();
    record.provenance.machine = machineLine(model, record.settings);
    if (model != nullptr) {
        const ModelIdentity &identity = model->identity();
        record.provenance.modelName = identity.name;
        record.provenance.modelFile = identity.file;
        record.provenance.quantisation = identity.quantisation;
    }
    return record;
}

} // namespace inferlab
