#include "load_steps.h"

#include <utility>

namespace inferlab {

std::vector<PlotCurve> loadSteps(const std::vector<QPointF> &points)
{
    std::vector<PlotCurve> steps;
    for (size_t i = 1; i < points.size(); ++i) {
        PlotCurve step;
        step.points = {points[i - 1], points[i]};
        if (step.points[0].x() > step.points[1].x())
            std::swap(step.points[0], step.points[1]);
        steps.push_back(std::move(step));
    }
    return steps;
}

} // namespace inferlab
