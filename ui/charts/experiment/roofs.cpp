#include "ui/charts/experiment/roofs.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

// Points that share limits, and the products of all their models.
struct Shared
{
    DeviceLimits limits;
    double readPerSecond = 0; // bytes, where weights are read step after step: the fastest
    std::array<bool, kProductKinds> used {};
    std::vector<size_t> points;
};

std::vector<Shared> sharedLimits(const ExperimentFigures &figures)
{
    std::vector<Shared> out;
    for (size_t i = 0; i < figures.outlook->points.size(); ++i) {
        const std::optional<PredictionModel> &model = figures.outlook->points[i].model;
        if (!model)
            continue;
        auto known = std::find_if(out.begin(), out.end(), [&model](const Shared &shared) {
            return shared.limits == model->limits;
        });
        if (known == out.end())
            known = out.insert(out.end(), Shared {model->limits, 0, {}, {}});
        known->readPerSecond = std::max(known->readPerSecond,
                                        model->limits.readPerSecond(model->cost.layerMatrices.bytes
                                                                    + model->cost.output.bytes));
        known->points.push_back(i);
        for (size_t kind = 0; kind < kProductKinds; ++kind)
            known->used[kind] = known->used[kind]
                || model->cost.layerMatrices.elements[kind] + model->cost.output.elements[kind] > 0;
    }
    return out;
}

// By the axes that change what a device reaches.
QString nameOf(const ExperimentFigures &figures, size_t point)
{
    const Experiment &experiment = figures.result->experiment;
    QStringList parts;
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        const QString value = axisValue(figures.result->points[point].point.values[i]);
        if (experiment.axes[i].kind == AxisKind::Device)
            parts << value;
        else if (experiment.axes[i].kind == AxisKind::Threads)
            parts << value
                    + (value == QLatin1String("1") ? QStringLiteral(" thread")
                                                   : QStringLiteral(" threads"));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

std::vector<Roof> roofsOf(const ExperimentFigures &figures)
{
    constexpr std::array kNames {"int8", "bf16", "f32"};
    std::vector<Roof> out;
    if (figures.outlook == nullptr)
        return out;
    const std::vector<Shared> all = sharedLimits(figures);
    for (const Shared &shared : all) {
        Roof roof;
        roof.name = all.size() > 1 ? nameOf(figures, shared.points.front()) : QString();
        roof.bytesPerSecond = shared.readPerSecond;
        roof.hasCaches = shared.limits.needsCaches(shared.readPerSecond);
        for (size_t kind = 0; kind < kProductKinds; ++kind) {
            if (shared.used[kind])
                roof.ceilings.push_back(
                    {QLatin1String(kNames[kind]), shared.limits.productsPerSecond[kind]});
        }
        roof.points = shared.points;
        if (!roof.ceilings.empty())
            out.push_back(std::move(roof));
    }
    return out;
}

} // namespace inferlab
