#include "app/experiment/prediction_models.h"

#include "app/machine/known_calibration.h"
#include "app/run_setup/run_setup.h"
#include "engine/files/gguf.h"
#include "engine/run/prompt.h"
#include "engine/text/chat_template.h"
#include "kernels/api/devices.h"

#include <exception>

namespace inferlab {

PredictionModels::PredictionModels(std::string modelFile, std::filesystem::path calibrations,
                                   std::string instructionSet)
    : m_modelFile(std::move(modelFile))
    , m_calibrations(std::move(calibrations))
    , m_instructionSet(std::move(instructionSet))
{ }

std::optional<PredictionModel> PredictionModels::of(const PointSettings &settings)
{
    const std::optional<ModelCost> &model = cost(settings);
    const std::optional<DeviceLimits> &device = limits(settings);
    if (!model || !device)
        return std::nullopt;
    PredictionModel out;
    out.cost = *model;
    out.limits = *device;
    out.cacheType = settings.run.cacheType;
    return out;
}

const std::optional<ModelCost> &PredictionModels::cost(const PointSettings &settings)
{
    const std::string &file = fileOf(settings);
    const auto [known, isNew] = m_costs.try_emplace(file);
    if (!isNew)
        return known->second;
    try {
        const auto gguf = GgufFile::open(file);
        known->second = modelCost(*gguf, readModelConfig(*gguf));
    } catch (const std::exception &error) {
        m_missing = std::string("No prediction: ") + error.what();
    }
    return known->second;
}

const std::string &PredictionModels::fileOf(const PointSettings &settings) const
{
    return settings.modelFile.empty() ? m_modelFile : settings.modelFile;
}

std::vector<int32_t> PredictionModels::poolLengths(const Experiment &experiment,
                                                   const PointSettings &settings)
{
    const std::string &file = fileOf(settings);
    const auto [known, isNew] =
        m_lengths.try_emplace({file, settings.run.chat, experiment.prompts});
    if (!isNew)
        return known->second;
    try {
        const auto gguf = GgufFile::open(file);
        const auto tokenizer = makeTokenizer(*gguf);
        std::optional<ChatTemplate> chat;
        if (settings.run.chat)
            chat = openChatTemplate(file, *tokenizer);
        std::vector<int32_t> lengths;
        for (const std::string &prompt : experiment.prompts)
            lengths.push_back(static_cast<int32_t>(
                encodePromptText(*tokenizer, chat ? &*chat : nullptr, file,
                                 {settings.run.chat, settings.run.systemPrompt, prompt})
                    .size()));
        known->second = std::move(lengths);
    } catch (const std::exception &) {
        // The points will say what is wrong with them when they are run.
    }
    return known->second;
}

const std::optional<DeviceLimits> &PredictionModels::limits(const PointSettings &settings)
{
    const std::string &device = settings.run.device;
    const int used = settings.run.threads > 0 ? settings.run.threads : defaultThreads();
    const auto [known, isNew] = m_limits.try_emplace({device, used});
    if (!isNew)
        return known->second;
    try {
        std::string warning;
        const auto backend =
            openBackend(device, used, device == "cpu" ? m_instructionSet : std::string());
        const auto stored = storedCalibration(*backend, programName(), m_calibrations, warning);
        if (stored)
            known->second = stored->limits;
        else
            m_missing = !warning.empty()
                ? warning
                : "No prediction for " + device + " with " + std::to_string(used)
                    + " threads: it was never measured; the next experiment measures it";
    } catch (const std::exception &error) {
        m_missing = std::string("No prediction: ") + error.what();
    }
    return known->second;
}

} // namespace inferlab
