// Nearest points, steps between them, and the lines of the readout.
#include "ui/charts/readout.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inferlab {

namespace {

bool isShown(const PlotSeries &series, const PlotLook &look)
{
    return look.shows(series.keys);
}

size_t nearestByX(const PlotCurve &curve, double x)
{
    const auto after =
        std::lower_bound(curve.points.begin(), curve.points.end(), x,
                         [](const QPointF &point, double at) { return point.x() < at; });
    if (after == curve.points.begin())
        return 0;
    const auto index = static_cast<size_t>(after - curve.points.begin());
    if (after == curve.points.end())
        return index - 1;
    return x - curve.points[index - 1].x() <= curve.points[index].x() - x ? index - 1 : index;
}

struct CurveAt
{
    PlotPosition position;
    QPointF point;
};

// Every curve that the arrow keys can stop on, at its point nearest to x.
std::vector<CurveAt> curvesAt(const PlotSpec &spec, const PlotLook &look, double x)
{
    std::vector<CurveAt> out;
    for (size_t s = 0; s < spec.series.size(); ++s) {
        const PlotSeries &series = spec.series[s];
        if (!series.pointable || !isShown(series, look))
            continue;
        for (size_t c = 0; c < series.curves.size(); ++c) {
            if (series.curves[c].points.empty())
                continue;
            const size_t p = nearestByX(series.curves[c], x);
            out.push_back({{s, c, p}, series.curves[c].points[p]});
        }
    }
    return out;
}

std::optional<PlotPosition> firstOrLast(const PlotSpec &spec, const PlotLook &look, bool first)
{
    const double x =
        first ? -std::numeric_limits<double>::max() : std::numeric_limits<double>::max();
    const std::vector<CurveAt> all = curvesAt(spec, look, x);
    if (all.empty())
        return std::nullopt;
    const auto byX = [](const CurveAt &a, const CurveAt &b) { return a.point.x() < b.point.x(); };
    return (first ? std::min_element(all.begin(), all.end(), byX)
                  : std::max_element(all.begin(), all.end(), byX))
        ->position;
}

// Beyond the end of a curve: the nearest point of another one further that way.
PlotPosition beyond(const PlotSpec &spec, const PlotLook &look, const PlotPosition &from, double x,
                    bool right)
{
    PlotPosition best = from;
    double bestX = 0;
    for (const CurveAt &at : curvesAt(spec, look,
                                      right ? -std::numeric_limits<double>::max()
                                            : std::numeric_limits<double>::max())) {
        const double candidate = at.point.x();
        const bool further = right ? candidate > x : candidate < x;
        const bool nearer = best == from || (right ? candidate < bestX : candidate > bestX);
        if (further && nearer) {
            best = at.position;
            bestX = candidate;
        }
    }
    return best;
}

QString rangeText(const std::vector<double> &values, const QString &unit)
{
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const QString from = numberText(*low);
    const QString to = numberText(*high);
    if (from == to)
        return valueText(*high, unit);
    return from + QStringLiteral(" to ") + valueText(*high, unit);
}

QString headingOf(const PlotSpec &spec, const PlotCurve &curve, size_t point)
{
    if (point < static_cast<size_t>(curve.names.size()))
        return curve.names[static_cast<qsizetype>(point)];
    const QString x = spec.x.whole ? countText(std::llround(curve.points[point].x()))
                                   : valueText(curve.points[point].x(), spec.x.unit);
    return spec.xName.isEmpty() ? x : spec.xName + QLatin1Char(' ') + x;
}

} // namespace

QString Readout::spoken() const
{
    QStringList parts;
    for (const ReadoutLine &line : lines)
        parts << line.name + QLatin1Char(' ') + line.value;
    return heading + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
}

std::optional<PlotPosition> nearestPoint(const PlotSpec &spec, const PlotFrame &frame,
                                         const PlotLook &look, const QPointF &pixel)
{
    std::optional<PlotPosition> best;
    double bestDistance = std::numeric_limits<double>::max();
    for (const CurveAt &at : curvesAt(spec, look, frame.toValue(pixel).x())) {
        const QPointF d = frame.toPixel(at.point) - pixel;
        const double distance = 4 * d.x() * d.x() + d.y() * d.y();
        if (distance < bestDistance) {
            bestDistance = distance;
            best = at.position;
        }
    }
    return best;
}

std::optional<PlotPosition> stepFrom(const PlotSpec &spec, const PlotLook &look,
                                     std::optional<PlotPosition> from, Direction direction)
{
    if (!from || direction == Direction::First || direction == Direction::Last)
        return firstOrLast(spec, look,
                           direction == Direction::Right || direction == Direction::First
                               || direction == Direction::Up);
    const PlotCurve &curve = spec.series[from->series].curves[from->curve];
    const QPointF here = curve.points[from->point];
    PlotPosition next = *from;
    if (direction == Direction::Right) {
        if (from->point + 1 < curve.points.size())
            ++next.point;
        else
            next = beyond(spec, look, *from, here.x(), true);
        return next;
    }
    if (direction == Direction::Left) {
        if (from->point > 0)
            --next.point;
        else
            next = beyond(spec, look, *from, here.x(), false);
        return next;
    }
    const std::vector<CurveAt> all = curvesAt(spec, look, here.x());
    const auto self = std::find_if(all.begin(), all.end(), [&from](const CurveAt &at) {
        return at.position.series == from->series && at.position.curve == from->curve;
    });
    if (self == all.end())
        return all.empty() ? std::nullopt : std::optional(all.front().position);
    const auto count = static_cast<std::ptrdiff_t>(all.size());
    const std::ptrdiff_t index =
        self - all.begin() + (direction == Direction::Down ? 1 : count - 1);
    return all[static_cast<size_t>(index % count)].position;
}

std::optional<Readout> readoutAt(const PlotSpec &spec, const PlotLook &look,
                                 const PlotPosition &position)
{
    if (position.series >= spec.series.size()
        || position.curve >= spec.series[position.series].curves.size())
        return std::nullopt;
    const PlotCurve &pointed = spec.series[position.series].curves[position.curve];
    if (position.point >= pointed.points.size() || !isShown(spec.series[position.series], look))
        return std::nullopt;
    Readout readout;
    readout.position = position;
    readout.at = pointed.points[position.point];
    if (position.point < pointed.tokens.size())
        readout.token = pointed.tokens[position.point];
    readout.heading = headingOf(spec, pointed, position.point);
    for (size_t s = 0; s < spec.series.size(); ++s) {
        const PlotSeries &series = spec.series[s];
        if (!isShown(series, look))
            continue;
        std::vector<double> values;
        QString text;
        for (size_t c = 0; c < series.curves.size(); ++c) {
            const PlotCurve &curve = series.curves[c];
            if (curve.points.empty())
                continue;
            const bool self = s == position.series && c == position.curve;
            const size_t p = self ? position.point : nearestByX(curve, readout.at.x());
            if (self || std::abs(curve.points[p].x() - readout.at.x()) <= spec.reach)
                values.push_back(curve.points[p].y());
            if (p < static_cast<size_t>(curve.texts.size()))
                text = curve.texts[static_cast<qsizetype>(p)];
        }
        if (values.empty())
            continue;
        LegendEntry swatch;
        swatch.kind = series.kind;
        swatch.meaning = series.meaning;
        swatch.age = series.age;
        swatch.marker = series.marker;
        QString name = series.name;
        if (s == position.series && values.size() > 1 && readout.token.isValid()) {
            readout.lines.push_back({QStringLiteral("request %1").arg(readout.token.request + 1),
                                     valueText(readout.at.y(), series.unit), swatch});
            name += QStringLiteral(", %1 requests").arg(values.size());
        }
        readout.lines.push_back(
            {name, text.isEmpty() ? rangeText(values, series.unit) : text, swatch});
    }
    return readout;
}

std::vector<QPointF> pointsOfToken(const PlotSpec &spec, const PlotLook &look, TokenRef token)
{
    std::vector<QPointF> out;
    if (!token.isValid())
        return out;
    for (const PlotSeries &series : spec.series) {
        if (!isShown(series, look))
            continue;
        for (const PlotCurve &curve : series.curves) {
            const auto at = std::find(curve.tokens.begin(), curve.tokens.end(), token);
            if (at != curve.tokens.end())
                out.push_back(curve.points[static_cast<size_t>(at - curve.tokens.begin())]);
        }
    }
    return out;
}

} // namespace inferlab
