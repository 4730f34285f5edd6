// Costs from model files and limits from what this machine once reached, each looked up once: what
// predictions of an experiment's points are made of. Measures nothing.
#pragma once

#include "app/experiment/experiment.h"
#include "engine/measure/prediction.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace inferlab {

class PredictionModels
{
public:
    // modelFile: for points that name none. calibrations: calibrationPath(). instructionSet: of the
    // CPU, as the runs had it; empty: the best.
    PredictionModels(std::string modelFile, std::filesystem::path calibrations,
                     std::string instructionSet = {});

    // None where the file cannot be read, or where the device was never calibrated with so many
    // threads; missing() says which.
    std::optional<PredictionModel> of(const PointSettings &settings);
    const std::optional<ModelCost> &cost(const PointSettings &settings);
    const std::optional<DeviceLimits> &limits(const PointSettings &settings);

    // How many tokens each prompt of the pool has for the model of these settings; empty where they
    // cannot be counted, which missing() does not tell.
    std::vector<int32_t> poolLengths(const Experiment &experiment, const PointSettings &settings);

    const std::string &missing() const noexcept { return m_missing; } // one line; empty: nothing

private:
    const std::string &fileOf(const PointSettings &settings) const;

    std::string m_modelFile;
    std::filesystem::path m_calibrations;
    std::string m_instructionSet;
    std::map<std::string, std::optional<ModelCost>> m_costs;
    std::map<std::tuple<std::string, bool, std::vector<std::string>>, std::vector<int32_t>>
        m_lengths; // of a file, with its chat template or without, of a pool
    std::map<std::pair<std::string, int>, std::optional<DeviceLimits>> m_limits;
    std::string m_missing;
};

} // namespace inferlab
