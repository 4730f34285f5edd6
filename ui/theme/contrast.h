// Contrast between two colours as WCAG 2 defines it, and a colour moved just far enough to reach
// one.
#pragma once

#include <QColor>

namespace inferlab {

inline constexpr double kMarkContrast = 3.0; // WCAG 1.4.11: lines, dots, borders that carry meaning
inline constexpr double kTextContrast = 4.5; // WCAG 1.4.3: text

// (L1 + 0.05) / (L2 + 0.05) of the relative luminances, 1 .. 21. Both colours opaque.
double contrastRatio(const QColor &a, const QColor &b);

// The colour itself when it already has the contrast; else the same hue, darker on a light
// background and lighter on a dark one, in the smallest step of 1% that reaches it.
QColor withContrast(const QColor &color, const QColor &background, double ratio);

// share of `over` on top of `under`, per channel in sRGB.
QColor mix(const QColor &under, const QColor &over, double share);

} // namespace inferlab
