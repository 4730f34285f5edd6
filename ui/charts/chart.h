// What every chart of the run page is: a card with a title, a Qt chart drawn from run records, a
// legend that hides series, zoom and pan, hover and keyboard readout, a table of its data, a
// description in words, and export. One file each derives from it; figures come from
// engine/measure, never from here.
#pragma once

#include "app/session/session_types.h"
#include "engine/measure/run_record.h"

#include <QFrame>
#include <QSet>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

namespace inferlab {

struct ExperimentFigures;
struct PlotFrame;
struct PlotSpec;

// How long a whole answer may take, and at which percentile that holds.
struct LatencyBudget
{
    double ms = 0;
    double percentile = 90;
};

// What a chart shows: the run in progress (or the last), and earlier runs kept for comparison.
struct ChartData
{
    const RunRecord *current = nullptr; // may be null; grows while live; not kept after setData()
    bool live = false;
    std::vector<RunRecordPtr> earlier; // oldest first
    std::vector<RunRecordPtr> sweep;   // runs of the last knee search
    // Of an experiment's charts, which show nothing else; null elsewhere.
    std::shared_ptr<const ExperimentFigures> experiment;
    std::optional<LatencyBudget> latencyBudget; // drawn where latencies are
};

// One token, the same on the answer and on every chart. request: position in RunRecord::requests.
struct TokenRef
{
    int request = -1;
    int index = -1;
    bool isValid() const noexcept { return request >= 0 && index >= 0; }
    bool operator==(const TokenRef &) const = default;
};

// Rows and columns behind a chart, for the table view, CSV and tests.
struct ChartTable
{
    QStringList columns; // with units: "ITL, ms"
    std::vector<QStringList> rows;
};

class ChartCard : public QFrame
{
    Q_OBJECT

public:
    virtual QString
    chartId() const = 0; // "ttft", "itl", "throughput", "percentiles", "knee": file names
    virtual QString title() const = 0; // "Inter-token latency, ms"
    virtual ChartTable table() const = 0;
    virtual QString description() const = 0; // sentences, as one would say them

    // Redraws from data; called at most once a frame and for visible charts only.
    virtual void setData(const ChartData &data) = 0;
    virtual void setSelectedToken(TokenRef token) = 0;
    // A point of an experiment, by index; -1: none.
    virtual void setSelectedPoint(int point) = 0;

    // One of several ways to see the same figures: "by token", "by time". Empty: there is one.
    virtual QStringList views() const = 0;
    virtual int view() const = 0;
    virtual void setView(int index) = 0; // asks for data again: dataWanted()
    virtual bool isZoomedIn() const = 0;
    virtual void follow() = 0;                   // out of the zoom
    virtual void setEnlarged(bool enlarged) = 0; // what the enlarge button says

    // What is drawn now, for export.
    virtual const PlotSpec &plotSpec() const = 0;
    virtual QSet<QString> hiddenSeries() const = 0;
    virtual const PlotFrame &plotFrame() const = 0; // ranges shown

signals:
    void tokenPointed(inferlab::TokenRef token); // hover or arrow keys; invalid when left
    // A point of an experiment was clicked or walked to; open: Enter, its run is wanted.
    void pointChosen(int point, bool open);
    void enlargeRequested(); // or back, when enlarged
    void exportRequested();
    void dataWanted(); // setData() is due: the card was hidden, or its view changed

protected:
    using QFrame::QFrame;
};

// A card for one of chartIds() (chart_source.h).
ChartCard *makeChartCard(const QString &id, QWidget *parent = nullptr);

} // namespace inferlab
