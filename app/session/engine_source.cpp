#include "engine_source.h"

#include "engine/files/file_hash.h"
#include "engine/run/prompt.h"

namespace inferlab {

EngineSource EngineSource::real()
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
    source.hash = [](const ModelChoice &choice, const std::atomic<bool> *stop) {
        return hashFile(choice.path.toStdString(), stop);
    };
    return source;
}

} // namespace inferlab
