// A step of a GPU's run, on average: how much of what the engine stamps the device was at work, and
// with what. A row for prefill and one for decode; nothing where the device has no clock of its
// own.
#pragma once

#include "engine/measure/device_times.h"
#include "ui/theme/theme.h"

#include <QWidget>
#include <optional>
#include <vector>

namespace inferlab {

// Parts of a step that lie one behind the other, and the host's share behind them; ms.
struct StepPart
{
    QString name; // "attention"; "device" where the phases are not known
    double ms = 0;
};
std::vector<StepPart> stepParts(const DeviceTimes &times);

// "Decode step 1.31 ms: 1.20 ms on the device. 97 of 100 steps replayed as graphs of 412 kernels"
// and a line for each phase.
QString stepWords(const DeviceTimes &times, StepKind kind);

// Of which steps the parts are measured where most were replayed as a whole: "Decode step: split of
// 1 launched singly, of 100". Empty where nothing was scaled.
QString splitWords(const DeviceTimes &times, StepKind kind);

class DeviceStepBar : public QWidget
{
    Q_OBJECT

public:
    explicit DeviceStepBar(QWidget *parent = nullptr);

    // Null, or a run on the CPU: nothing is shown. A live run is left out until it ends.
    void setRun(const RunRecord *run, bool live);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Row
    {
        StepKind kind = StepKind::Decode;
        DeviceTimes times;
    };
    int rowHeight() const;
    int headWidth() const;
    void paintRow(QPainter &painter, const Row &row, int top) const;
    QString caption() const; // below the rows; empty where there is nothing to add

    std::vector<Row> m_rows;
};

} // namespace inferlab
