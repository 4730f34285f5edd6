#include "engine_access.h"

#include "engine/files/hash_cache.h"
#include "engine/model/loaded_model.h"
#include "engine/run/prompt.h"

namespace inferlab {

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
    return access;
}

} // namespace inferlab
