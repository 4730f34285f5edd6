// Small questions about a plot, and numbers as text.
#include "ui/charts/plot_spec.h"

#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

// As the window's words are; thousands apart.
QLocale english()
{
    return QLocale(QLocale::English, QLocale::UnitedStates);
}

} // namespace

MarkerShape markerOfAge(int age) noexcept
{
    constexpr std::array shapes {MarkerShape::Square, MarkerShape::Triangle, MarkerShape::Diamond};
    return age <= 0 ? MarkerShape::Circle : shapes[static_cast<size_t>(age - 1) % shapes.size()];
}

bool PlotSeries::isEmpty() const noexcept
{
    return std::all_of(curves.begin(), curves.end(),
                       [](const PlotCurve &curve) { return curve.points.empty(); });
}

bool PlotSpec::isEmpty() const noexcept
{
    return std::all_of(series.begin(), series.end(),
                       [](const PlotSeries &one) { return one.isEmpty(); });
}

QString numberText(double value)
{
    const double size = std::abs(value);
    const int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
    return fixedNumberText(value, digits);
}

QString fixedNumberText(double value, int decimals)
{
    return english().toString(value, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212));
}

QString countText(qint64 value)
{
    return english().toString(value);
}

QString valueText(double value, const QString &unit)
{
    return unit.isEmpty() ? numberText(value) : numberText(value) + QChar(0x00A0) + unit;
}

QString plainNumber(double value, int digits)
{
    QString text = QString::number(value, 'f', digits);
    if (text.contains(QLatin1Char('.'))) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(QLatin1Char('.')))
            text.chop(1);
    }
    return text == QLatin1String("-0") ? QStringLiteral("0") : text;
}

} // namespace inferlab
