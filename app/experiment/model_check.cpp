#include "model_check.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/model_config.h"

#include <optional>
#include <set>
#include <utility>

namespace inferlab {

namespace {

void requireRunnable(const std::string &modelFile, bool chat)
{
    const auto file = GgufFile::open(modelFile);
    readModelConfig(*file);
    if (chat && !file->optionalString("tokenizer.chat_template"))
        throw InputError(file->path().filename().string(), "",
                         "a chat template, or a plan with \"chat\": false", "none in the file");
}

} // namespace

void requireRunnablePoint(const Experiment &experiment, const std::string &modelFile)
{
    std::set<std::pair<std::string, bool>> seen;
    std::optional<InputError> first;
    for (const ExperimentPoint &point : experimentPoints(experiment)) {
        const std::string &own = point.settings.modelFile;
        const std::string &file = own.empty() ? modelFile : own;
        if (!seen.emplace(file, point.settings.run.chat).second)
            continue;
        try {
            requireRunnable(file, point.settings.run.chat);
            return;
        } catch (const InputError &error) {
            if (!first)
                first = error;
        }
    }
    if (first)
        throw InputError(*first);
}

} // namespace inferlab
