// Nice steps and hysteresis.
#include "ui/charts/axis_range.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

// Steps that fit a span exactly must not be one too many for the last bit of a double.
constexpr double kTiny = 1e-9;

} // namespace

double niceStep(double span, int labels, bool whole)
{
    const int gaps = std::max(1, labels - 1);
    if (!(span > 0) || !std::isfinite(span))
        return 1.0;
    double power = std::pow(10.0, std::floor(std::log10(span / gaps)));
    if (whole)
        power = std::max(power, 1.0);
    for (;; power *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (span / (power * factor) <= gaps + kTiny)
                return power * factor;
        }
    }
}

AxisRange niceRange(double min, double max, int labels, bool whole)
{
    if (!(max > min)) {
        const double around = min == 0 ? 1.0 : std::abs(min) * 0.5;
        max = min + around;
        min = min == 0 ? 0 : min - around;
    }
    // Widening to whole steps can ask for one label more; then the next step is taken.
    double step = niceStep(max - min, labels, whole);
    for (int i = 0; i < 3; ++i) {
        const AxisRange range {std::floor(min / step + kTiny) * step,
                               std::ceil(max / step - kTiny) * step};
        if (range.span() / step <= std::max(1, labels - 1) + kTiny)
            return range;
        step = niceStep(range.span(), labels, whole);
    }
    return {std::floor(min / step) * step, std::ceil(max / step) * step};
}

std::vector<double> ticks(const AxisRange &range, double step)
{
    std::vector<double> out;
    const double first = std::ceil(range.min / step - kTiny);
    const double last = std::floor(range.max / step + kTiny);
    for (double i = first; i <= last && out.size() < 1000; ++i)
        out.push_back(i * step);
    return out;
}

AxisRange decades(double min, double max)
{
    const double low = std::floor(std::log10(min) + kTiny);
    const double high = std::max(low + 1, std::ceil(std::log10(max) - kTiny));
    return {std::pow(10.0, low), std::pow(10.0, high)};
}

AxisRange niceLogRange(double min, double max)
{
    constexpr std::array<double, 3> kFactors {1.0, 2.0, 5.0};
    AxisRange range {0, 0};
    const double power = std::pow(10.0, std::floor(std::log10(min) + kTiny));
    for (const double factor : kFactors) {
        if (power * factor <= min * (1 + kTiny))
            range.min = power * factor;
    }
    for (double up = std::pow(10.0, std::floor(std::log10(max) + kTiny)); range.max == 0;
         up *= 10) {
        for (const double factor : kFactors) {
            const double end = up * factor;
            if (range.max == 0 && end >= max * (1 - kTiny) && end > range.min * (1 + kTiny))
                range.max = end;
        }
    }
    return range;
}

bool StickyRange::update(double min, double max, bool live, int labels, bool whole)
{
    const bool outside = min < m_range.min || max > m_range.max;
    const bool loose = max - min < m_range.span() * kKeepShare;
    if (m_set && !outside && (!loose || live))
        return false;
    const double room = live && m_set ? (max - min) * kRoom : 0.0;
    const AxisRange next = niceRange(min, max + room, labels, whole);
    const bool changed = !m_set || !(next == m_range);
    m_range = next;
    m_set = true;
    return changed;
}

} // namespace inferlab
