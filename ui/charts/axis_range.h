// Axes that are easy to read and keep still: steps of 1, 2 or 5, few labels, and ranges with
// hysteresis.
#pragma once

#include <vector>

namespace inferlab {

inline constexpr int kMostLabels = 6;

// The smallest of 1, 2, 5 times a power of ten that needs at most `labels` labels for the span.
// whole: at least 1.
double niceStep(double span, int labels = kMostLabels, bool whole = false);

struct AxisRange
{
    double min = 0, max = 1;
    double span() const noexcept { return max - min; }
    bool operator==(const AxisRange &) const = default;
};

// The range widened to whole steps; a range of no width gets one around it.
AxisRange niceRange(double min, double max, int labels = kMostLabels, bool whole = false);
// The positions of labels inside the range.
std::vector<double> ticks(const AxisRange &range, double step);
// To whole decades; min > 0.
AxisRange decades(double min, double max);
// To 1, 2 or 5 times a power of ten; min > 0. Less is left empty than with whole decades.
AxisRange niceLogRange(double min, double max);

// The range of a live axis. It widens as soon as something would fall outside, then with room to
// spare, and narrows only when less than kKeepShare of it is used, so that it changes rarely.
class StickyRange
{
public:
    static constexpr double kRoom = 0.25; // of the span, added when a live axis has to widen
    static constexpr double kKeepShare = 0.4;

    // True when the range changed. live: leave room to grow.
    bool update(double min, double max, bool live, int labels = kMostLabels, bool whole = false);
    void reset() { m_set = false; }
    const AxisRange &range() const noexcept { return m_range; }

private:
    AxisRange m_range;
    bool m_set = false;
};

} // namespace inferlab
