#include "engine_access.h"

#include "app/machine/known_calibration.h"
#include "app/machine/machine_note.h"
#include "app/run_setup/run_setup.h"
#include "engine/base/error.h"
#include "engine/files/hash_cache.h"
#include "engine/model/loaded_model.h"
#include "engine/run/prompt.h"

#include <exception>

namespace inferlab {

void calibrateOnce(LoadedModel &model, const std::string &instructionSet,
                   const std::filesystem::path &calibrations, const std::atomic<bool> *stop)
{
    try {
        knownCalibration(model.backend(), instructionSet, programName(), calibrations, false,
                         [stop] { return stop != nullptr && stop->load(); });
    } catch (const Cancelled &) {
        throw;
    } catch (const std::exception &) {
        // Such as too little memory for it: PredictionModels says that there is no prediction.
    }
}

EngineAccess EngineAccess::real(const std::string &instructionSet)
{
    EngineAccess access;
    access.load = [instructionSet](const ModelWanted &wanted, const std::atomic<bool> *stop) {
        LoadOptions options;
        options.device = wanted.device;
        options.threads = wanted.threads;
        if (wanted.device == "cpu")
            options.instructionSet = instructionSet;
        return LoadedModel::load(wanted.file, options, {}, stop);
    };
    access.encode = [](const LoadedModel *model, const RunSettings &settings) {
        return encodePromptText(*model, {settings.chat, settings.systemPrompt, settings.prompt});
    };
    access.open = [](const std::shared_ptr<LoadedModel> &model, const EngineOptions &options) {
        return openEngine(model, options);
    };
    access.hash = [](const std::string &file, const std::atomic<bool> *stop) {
        return cachedFileHash(file, userHashCache(), stop);
    };
    access.gpuMonitor = gpuMonitorOf;
    return access;
}

} // namespace inferlab
