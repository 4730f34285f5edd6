// Which configuration to take: an application's limits on sliders, the best of the measured points
// under them, the last that passes and the first that fails, and how many users a memory holds.
#pragma once

#include "app/session/session_types.h"
#include "engine/measure/advice.h"
#include "ui/charts/chart.h"

#include <QWidget>
#include <array>
#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QTableWidget;

namespace inferlab {

class AdviceTable;
class CapacityPanel;
class LimitSlider;
class SegmentedControl;
struct ExperimentOutlook;

class AdvicePanel : public QWidget
{
    Q_OBJECT

public:
    explicit AdvicePanel(QWidget *parent = nullptr);

    // Never null. Where the panel is out of sight it waits with computing.
    void setResult(const ExperimentResultPtr &result);
    void setOutlook(std::shared_ptr<const ExperimentOutlook> outlook);

    SloTargets limits() const;
    double percentile() const;
    // What the charts draw: the limit on the whole answer, at that percentile.
    std::optional<LatencyBudget> latencyBudget() const;
    AdviceGoal goal() const;
    const Advice &advice() const noexcept { return m_advice; }

    QComboBox *presets() const noexcept { return m_presets; }
    LimitSlider *slider(LatencyFigure figure) const;
    SegmentedControl *percentiles() const noexcept { return m_percentiles; }
    QLabel *sentence() const noexcept { return m_sentence; }
    QLabel *knees() const noexcept { return m_knees; }
    QTableWidget *table() const noexcept;
    CapacityPanel *capacity() const noexcept { return m_capacity; }

signals:
    void limitsChanged();
    void pointChosen(int point, bool open); // a row of the table

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeLimits();
    void fillPresets();
    void usePreset(int index);
    void onOwnLimits();
    void measure(); // the result's samples, once
    void advise();
    void sayKnees();

    ExperimentResultPtr m_result;
    std::shared_ptr<const ExperimentOutlook> m_outlook;
    bool m_stale = true;
    std::vector<MeasuredPoint> m_points; // those with runs
    std::vector<SloSample> m_samples;    // of those
    std::vector<int> m_indices;          // of those, in the result
    Advice m_advice;

    QWidget *m_left = nullptr; // limits and capacity
    QComboBox *m_presets;
    QLabel *m_reason;
    std::array<LimitSlider *, 4> m_sliders; // in the order of LatencyFigure
    SegmentedControl *m_percentiles;
    SegmentedControl *m_goals;
    QLabel *m_sentence;
    QLabel *m_knees;
    AdviceTable *m_table;
    CapacityPanel *m_capacity;
};

} // namespace inferlab
