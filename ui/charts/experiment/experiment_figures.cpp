// Gathers samples through engine/measure.
#include "ui/charts/experiment/experiment_figures.h"

#include "engine/measure/course_notebook.h"

#include <algorithm>

namespace inferlab {

namespace {

std::shared_ptr<const PointFigures> figuresOf(const PointResult &point, size_t index)
{
    auto out = std::make_shared<PointFigures>();
    static_cast<PointSamples &>(*out) = pointSamples(point);
    out->index = index;
    out->state = point.state;
    for (const MeasuredRun &run : point.runs) {
        if (const auto itlMs = courseNotebookItlMs(*run.record))
            out->runMsPerToken.addRun({*itlMs});
    }
    if (!point.runs.empty()) {
        for (const RequestRecord &request : point.runs.back().record->requests)
            out->promptTokens.push_back(request.promptTokens);
    }
    return out;
}

// Names of the axes beyond the first, with the point's values: "KV cache off, temperature 0.7".
std::pair<QString, QString> groupName(const Experiment &experiment, const ExperimentPoint &point)
{
    QStringList whole;
    QStringList brief;
    for (size_t i = 1; i < experiment.axes.size(); ++i) {
        const QString value = axisValue(experiment.axes[i], point.values[i]);
        whole << axisName(experiment.axes[i]) + QLatin1Char(' ') + value;
        brief << value;
    }
    return {whole.join(QStringLiteral(", ")), brief.join(QStringLiteral(", "))};
}

void placePoints(ExperimentFigures &figures)
{
    const ExperimentResult &result = *figures.result;
    for (const PointResult &point : result.points) {
        PointPlace place;
        if (const ExperimentAxis *axis = figures.axis()) {
            const auto at =
                std::find(axis->values.begin(), axis->values.end(), point.point.values.front());
            place.x = static_cast<size_t>(at - axis->values.begin());
        }
        const auto [whole, brief] = groupName(result.experiment, point.point);
        auto known = std::find(figures.groups.begin(), figures.groups.end(), whole);
        place.group = static_cast<size_t>(known - figures.groups.begin());
        if (known == figures.groups.end()) {
            figures.groups.push_back(whole);
            figures.groupBriefs.push_back(brief);
        }
        figures.places.push_back(place);
    }
}

} // namespace

QString axisTitle(const ExperimentAxis &axis)
{
    const std::string_view title = axisInfo(axis.kind).title;
    return QString::fromUtf8(title.data(), static_cast<qsizetype>(title.size()));
}

QString axisName(const ExperimentAxis &axis)
{
    QString name = axisTitle(axis);
    if (const auto unit = name.indexOf(QStringLiteral(" (")); unit > 0)
        name.truncate(unit);
    if (name.endsWith(QStringLiteral(" size")))
        name.chop(5);
    return name;
}

namespace {

QString deviceTitled(const std::string &value)
{
    const QString text = QString::fromStdString(value);
    return text == QLatin1String("cpu") ? QStringLiteral("CPU")
        : text == QLatin1String("cuda") ? QStringLiteral("GPU")
                                        : text;
}

} // namespace

QString axisValue(const AxisValue &value)
{
    return deviceTitled(axisValueText(value));
}

QString axisValue(const ExperimentAxis &axis, const AxisValue &value)
{
    return deviceTitled(axisValueName(axis, value));
}

std::optional<Estimate> estimateOf(const Samples &samples, double percent, double scale)
{
    if (samples.empty())
        return std::nullopt;
    Estimate out;
    out.value = percentileOfSorted(samples.all, percent) * scale;
    out.n = samples.all.size();
    out.runs = samples.byRun.size();
    out.claimed = out.n >= samplesNeeded(percent);
    if (const auto known = runsInterval(samples.all, samples.byRun, percent)) {
        out.interval =
            PercentileInterval {known->interval.low * scale, known->interval.high * scale};
        out.method = known->method;
        out.runs = known->runs;
    }
    return out;
}

std::optional<Estimate> sustainedEstimate(const PointFigures &point)
{
    if (!point.sustainedTokPerSecond)
        return std::nullopt;
    Estimate out;
    out.value = *point.sustainedTokPerSecond;
    out.n = point.runTokPerSecond.all.size();
    return out;
}

const ExperimentAxis *ExperimentFigures::axis() const
{
    const auto &axes = result->experiment.axes;
    return axes.empty() ? nullptr : &axes.front();
}

bool ExperimentFigures::numericX() const
{
    return axis() != nullptr && axisInfo(axis()->kind).isNumber;
}

double ExperimentFigures::xOf(size_t xIndex) const
{
    return numericX() ? std::get<double>(axis()->values[xIndex]) : static_cast<double>(xIndex);
}

size_t ExperimentFigures::xCount() const
{
    return axis() == nullptr ? 1 : axis()->values.size();
}

const PointFigures *ExperimentFigures::at(size_t xIndex, size_t group) const
{
    for (size_t i = 0; i < places.size(); ++i) {
        if (places[i].x == xIndex && places[i].group == group)
            return points[i]->runs > 0 ? points[i].get() : nullptr;
    }
    return nullptr;
}

bool ExperimentFigures::hasRuns() const
{
    return std::any_of(points.begin(), points.end(),
                       [](const auto &point) { return point->runs > 0; });
}

const RunMetrics *ExperimentFigures::predicted(size_t point) const
{
    if (outlook == nullptr || point >= outlook->points.size())
        return nullptr;
    const std::optional<RunMetrics> &metrics = outlook->points[point].metrics;
    return metrics ? &*metrics : nullptr;
}

double ExperimentFigures::predictedBytes(size_t point) const
{
    return outlook != nullptr && point < outlook->points.size() ? outlook->points[point].memoryBytes
                                                                : 0;
}

ExperimentFiguresPtr
ExperimentFiguresCache::update(std::shared_ptr<const ExperimentResult> result,
                               std::shared_ptr<const ExperimentOutlook> outlook,
                               ImportedSeriesPtr imported)
{
    if (result == nullptr)
        return nullptr;
    if (result->started != m_started || result->experiment.name != m_name
        || m_points.size() != result->points.size())
        m_points.assign(result->points.size(), nullptr);
    m_started = result->started;
    m_name = result->experiment.name;
    for (size_t i = 0; i < result->points.size(); ++i) {
        const PointResult &point = result->points[i];
        const auto &known = m_points[i];
        if (known == nullptr || known->runs != point.runs.size() || known->state != point.state)
            m_points[i] = figuresOf(point, i);
    }
    auto figures = std::make_shared<ExperimentFigures>();
    figures->result = std::move(result);
    figures->points = m_points;
    figures->outlook = std::move(outlook);
    figures->imported = std::move(imported);
    placePoints(*figures);
    return figures;
}

} // namespace inferlab
