// What is to be drawn, as plain values: the five charts make one of these from run records, and the
// screen and the exported picture draw it the same way. Lengths are in the units of the axes.
#pragma once

#include "ui/charts/chart.h"
#include "ui/theme/theme.h"

#include <QPointF>
#include <QString>
#include <QStringList>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace inferlab {

// Band: between two edges over x. Boxes: a sample's quartiles. Cells: a shaded rectangle each.
enum class PlotKind { Line, Dots, Bars, Band, Boxes, Cells };
enum class MarkerShape { Circle, Square, Triangle, Diamond, Cross };

// Earlier runs are told apart by shape as well as by tint: age 1 is the latest of them, 0 the
// current run.
MarkerShape markerOfAge(int age) noexcept;

// From, to: what an error bar spans, or the edges of a band at a point.
struct PlotInterval
{
    double low = 0, high = 0;
};

// A sample as a box: its quartiles, the furthest values within 1.5 boxes of them, and those beyond.
struct PlotBox
{
    double lowWhisker = 0, lowQuartile = 0, median = 0, highQuartile = 0, highWhisker = 0;
    std::vector<double> outliers;
};

// Which run of an experiment a mark stands for: a point of its grid, by index.
struct PlotRunRef
{
    int point = -1;
    bool isValid() const noexcept { return point >= 0; }
    bool operator==(const PlotRunRef &) const = default;
};

// One unbroken sequence of points, x rising.
struct PlotCurve
{
    std::vector<QPointF> points;
    std::vector<double> bases;    // bars: where each begins; empty: at 0
    std::vector<TokenRef> tokens; // of the current run; empty when points are no tokens
    QStringList texts;            // the values in words where y is scaled; else empty
    QStringList names;            // of points, where x is no quantity: "request 3", "batch 8"
    std::vector<bool> weak;       // too few samples for the claim: greyed and hatched; else empty
    std::vector<PlotInterval> intervals;  // error bars, or a band's edges; else empty
    std::vector<PlotInterval> xIntervals; // error bars along x; else empty
    std::vector<PlotBox> boxes;           // of Boxes, one for each point (its median)
    std::vector<double> shades;           // of Cells: 0 .. 1, how dark
    QStringList cellWords;                // of Cells: written inside; else empty
    QStringList cellBriefs;               // where there is no room for them; empty: nothing
    std::vector<PlotRunRef> runs;         // what Enter opens; else empty
};

// Curves that share look, name and legend entry.
struct PlotSeries
{
    QString name;
    QStringList keys; // legend entries that all have to be on
    PlotKind kind = PlotKind::Line;
    Meaning meaning = Meaning::Decode;
    int age = 0;
    MarkerShape marker = MarkerShape::Circle;
    double width = 2.0;      // of lines, pixels at 100%
    double barWidth = 0.8;   // of bars, boxes and cells
    double cellHeight = 1.0; // of cells
    bool cellBars = false;   // a cell's shade is the length of a bar behind its words
    QString widestWords;     // of cells that are brief together; empty: each for itself
    bool markers = false;    // a marker on every point, where there is room
    bool steps = false;      // a staircase: distributions
    bool dashed = false;     // a line that is not this program's own
    bool pointable = true;   // hover and arrow keys stop here
    QString unit;            // of value()
    std::vector<PlotCurve> curves;

    bool isEmpty() const noexcept;
};

struct LegendEntry
{
    QString key;
    QString text;
    QString brief; // where there is no room for text; empty: the same
    PlotKind kind = PlotKind::Line;
    Meaning meaning = Meaning::Decode;
    int age = 0;
    MarkerShape marker = MarkerShape::Circle;
    bool hatched = false;
    bool dashed = false;
};

// Words at the right of the plot, at a height; with a thin rule across it if asked.
struct EndLabel
{
    double y = 0;
    QString text; // "P99 9.8"
    QStringList keys;
    Meaning meaning = Meaning::Prediction;
    bool rule = false;
    bool weak = false;               // too few samples for the claim: grey
    double ruleFrom = 0, ruleTo = 0; // x of the rule; both 0: the whole width
};

// Words beside a point.
struct PointLabel
{
    QPointF at;
    std::vector<QPointF> orAt; // of a line: where else the words may stand, the best liked first
    QString text;
    QStringList keys;
    Meaning meaning = Meaning::Prediction;
    bool strong = false; // semibold, with a ring around the point
    bool muted = false;
    bool onTop = false; // of a bar: centred above it or not at all
};

struct PlotCategory
{
    double from = 0, to = 1; // x
    QString text;
    QString brief;        // where there is no room for text; empty: the same
    QString caption;      // a second line, small
    QString captionBrief; // where there is no room for caption; empty: the same
};

struct PlotAxis
{
    QString title;           // with unit
    QString unit;            // after values in readouts
    double min = 0, max = 1; // of what is shown
    bool hasRange = false;   // min and max are meant, not derived from points
    bool fromZero = true;
    bool whole = false;       // ticks at integers only
    bool logarithmic = false; // min > 0
    bool hidden = false;      // no labels, no grid
    // What lies above is drawn as arrows at the upper edge, so that one outlier does not flatten
    // the rest.
    double cap = std::numeric_limits<double>::infinity();
    std::vector<PlotCategory> categories; // instead of numbers
    std::vector<double> tickAt; // where labels are wanted; those without room are left out
};

struct PlotSpec
{
    QString id;
    QString title;    // "Inter-token latency, ms"
    QString view;     // which of several: "by token"
    QString rangeKey; // changes when the axes should be fitted anew: another run, another view
    bool live = false;
    PlotAxis x, y;
    std::vector<PlotSeries> series;
    std::vector<LegendEntry> legend;
    std::vector<EndLabel> endLabels;
    std::vector<PointLabel> pointLabels;
    std::vector<std::vector<double>>
        tokenX;          // where time runs along x: of each token of each request
    QString note;        // one short sentence under the plot
    QString description; // sentences, for a screen reader
    QString sample;      // "n = 127 gaps": in exported pictures
    QString emptyText;   // what will appear here, and which button makes it
    QString xName;       // before x in a readout: "token"
    double reach = 0;    // how far in x a value may be from the pointer to be read out
    ChartTable table;    // where it is short; charts of many points make theirs on demand

    bool isEmpty() const noexcept; // nothing to draw
};

// A number as people read it: 3 significant digits below 1000, "1,234" above.
QString numberText(double value);
QString fixedNumberText(double value, int decimals);  // "1,234.5"
QString countText(qint64 value);                      // "1,234"
QString valueText(double value, const QString &unit); // "6.31 ms"
// At most `digits` after the point, without trailing zeros: for tables.
QString plainNumber(double value, int digits = 4);

} // namespace inferlab
