#include "capacity_models.h"

#include <algorithm>

namespace inferlab {

namespace {

CapacityModel modelOf(const ModelCost &cost, DType cacheType)
{
    return {{},
            static_cast<uint64_t>(cost.weightBytes),
            static_cast<uint64_t>(cost.kvBytesPerToken(cacheType))};
}

// By the file's axis; empty without one.
std::string nameOf(const Experiment &experiment, const ExperimentPoint &point)
{
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        if (experiment.axes[i].kind == AxisKind::ModelFile)
            return axisValueName(experiment.axes[i], point.values[i]);
    }
    return {};
}

} // namespace

std::vector<CapacityModel> capacityModels(const ExperimentResult &result,
                                          const ExperimentOutlook *outlook)
{
    std::vector<CapacityModel> out;
    if (outlook == nullptr)
        return out;
    const DType cacheType = result.experiment.held.run.cacheType;
    for (size_t i = 0; i < std::min(outlook->points.size(), result.points.size()); ++i) {
        const std::optional<PredictionModel> &model = outlook->points[i].model;
        const std::string name = nameOf(result.experiment, result.points[i].point);
        const bool known = std::any_of(out.begin(), out.end(),
                                       [&name](const CapacityModel &m) { return m.name == name; });
        if (!model || known)
            continue;
        out.push_back(modelOf(model->cost, cacheType));
        out.back().name = name;
    }
    // The file may be known where the device is not.
    if (out.empty() && outlook->cost)
        out.push_back(modelOf(*outlook->cost, cacheType));
    return out;
}

} // namespace inferlab
