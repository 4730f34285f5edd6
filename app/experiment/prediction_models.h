// Costs from model files and limits from what this machine once reached, each looked up once: what
// predictions of an experiment's points are made of. Measures nothing.
#pragma once

#include "app/experiment/axis.h"
#include "engine/measure/prediction.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace inferlab {

class PredictionModels
{
public:
    // modelFile: for points that name none. calibrations: calibrationPath().
    PredictionModels(std::string modelFile, std::filesystem::path calibrations);

    // None where the file cannot be read, or where the device was never calibrated with so many
    // threads; missing() says which.
    std::optional<PredictionModel> of(const PointSettings &settings);
    const std::optional<ModelCost> &cost(const PointSettings &settings);
    const std::optional<DeviceLimits> &limits(const PointSettings &settings);

    const std::string &missing() const noexcept { return m_missing; } // one line; empty: nothing

private:
    std::string m_modelFile;
    std::filesystem::path m_calibrations;
    std::map<std::string, std::optional<ModelCost>> m_costs;
    std::map<std::pair<std::string, int>, std::optional<DeviceLimits>> m_limits;
    std::string m_missing;
};

} // namespace inferlab
