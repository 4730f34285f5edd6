#include "request_prompts.h"

namespace inferlab {

std::vector<std::vector<int32_t>> encodePool(const Experiment &experiment,
                                             const EngineAccess &engines, const LoadedModel *model)
{
    std::vector<std::vector<int32_t>> pool;
    pool.reserve(experiment.prompts.size());
    RunSettings settings = experiment.held.run;
    for (const std::string &prompt : experiment.prompts) {
        settings.prompt = prompt;
        pool.push_back(engines.encode(model, settings));
    }
    return pool;
}

std::vector<int32_t> ofLength(const std::vector<int32_t> &tokens, int32_t length)
{
    if (length == 0)
        return tokens;
    std::vector<int32_t> result(static_cast<size_t>(length));
    for (size_t i = 0; i < result.size(); ++i)
        result[i] = tokens[i % tokens.size()];
    return result;
}

} // namespace inferlab
