// The measured points under an application's limits, a row each: what they reached, whether that
// keeps the limits at the percentile, and how many requests did.
#pragma once

#include "engine/measure/advice.h"

#include <QTableWidget>
#include <vector>

namespace inferlab {

class AdviceTable : public QTableWidget
{
    Q_OBJECT

public:
    enum Column { Point, Verdict, Kept, Goodput, Missed, Throughput, Ttft, Tpot, Itl, EndToEnd };

    explicit AdviceTable(QWidget *parent = nullptr);

    // samples and advice.points: of each of the points. Emits nothing.
    void fill(const std::vector<MeasuredPoint> &points, const std::vector<SloSample> &samples,
              const Advice &advice, const SloTargets &limits, double percentile);
};

} // namespace inferlab
