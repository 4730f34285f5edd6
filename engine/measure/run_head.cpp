#include "engine/measure/run_head.h"

#include "engine/model/loaded_model.h"

#include <array>
#include <ctime>

namespace inferlab {

namespace {

std::string machineLine(const LoadedModel *model, const RunSettings &settings)
{
    std::string line = model != nullptr ? model->backend().device().name : settings.device;
    return line + ", " + std::to_string(settings.threads)
        + (settings.threads == 1 ? " thread" : " threads");
}

} // namespace

std::string dateTimeNow()
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

std::string runLabel(const RunSettings &settings)
{
    std::string label = settings.device == "cpu" ? "CPU"
        : settings.device == "cuda"              ? "GPU"
                                                 : settings.device;
    label += ", batch " + std::to_string(settings.batch);
    if (!settings.kvCache)
        label += ", KV cache off";
    else if (settings.cacheType != DType::F16)
        label += ", KV cache " + std::string(dtypeInfo(settings.cacheType).name);
    if (settings.padding)
        label += ", padded";
    if (settings.batchInvariant)
        label += ", batch-invariant";
    if (!settings.stepGraphs)
        label += ", graphs off";
    return label;
}

Provenance provenanceOf(const LoadedModel *model, const RunSettings &settings,
                        const std::string &program)
{
    Provenance provenance;
    provenance.program = program;
    provenance.date = dateTimeNow();
    provenance.machine = machineLine(model, settings);
    if (model != nullptr) {
        const ModelIdentity &identity = model->identity();
        provenance.modelName = identity.name;
        provenance.modelFile = identity.file;
        provenance.quantisation = identity.quantisation;
    }
    return provenance;
}

} // namespace inferlab
