#include "engine_source.h"

#include "engine/files/hash_cache.h"
#include "engine/run/prompt.h"

namespace inferlab {

EngineSource EngineSource::real(const std::filesystem::path &hashCacheFile,
                                const std::filesystem::path &calibrationFile)
{
    EngineSource source;
    source.load = [](const ModelChoice &choice, const LoadProgressCallback &progress,
                     const std::atomic<bool> *stop) {
        LoadOptions options;
        options.device = choice.device.toStdString();
        options.threads = choice.threads;
        return LoadedModel::load(choice.path.toStdString(), options, progress, stop);
    };
    source.encode = [](const LoadedModel *model, const RunSettings &settings) {
        return encodePromptText(*model, {settings.chat, settings.systemPrompt, settings.prompt});
    };
    source.open = [](const std::shared_ptr<LoadedModel> &model, const EngineOptions &options) {
        return openEngine(model, options);
    };
    source.hash = [hashCacheFile](const ModelChoice &choice, const HashProgressCallback &progress,
                                  const std::atomic<bool> *stop) {
        return cachedFileHash(choice.path.toStdString(), hashCacheFile, stop, progress);
    };
    source.calibrations = calibrationFile;
    if (!calibrationFile.empty())
        source.calibrate = [calibrationFile](LoadedModel &model, const std::atomic<bool> *stop) {
            calibrateOnce(model, {}, calibrationFile, stop);
        };
    return source;
}

} // namespace inferlab
