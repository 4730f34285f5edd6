// How the engine computes what was asked for: batching, chunks, padding, the cache's type, and what
// only a GPU has a choice of. A switch that can do nothing is greyed and says why.
#pragma once

#include "engine/measure/run_record.h"

#include <QWidget>

class QLabel;
class QSpinBox;
class QVBoxLayout;

namespace inferlab {

class SegmentedControl;
class ToggleSwitch;

class EngineDetails : public QWidget
{
    Q_OBJECT

public:
    explicit EngineDetails(QWidget *parent = nullptr);

    // As they take effect on that device: a greyed switch counts as left alone.
    void applyTo(RunSettings &settings, const QString &device) const;
    // As they stand, whether they take effect now or not: what is remembered.
    void store(RunSettings &settings) const;
    void set(const RunSettings &settings);

    void setDevice(const QString &kind); // "cpu" or "cuda"
    QString summary() const;             // what differs from the usual, in a few words

    SegmentedControl *batching() const noexcept { return m_batching; }
    SegmentedControl *cacheType() const noexcept { return m_cacheType; }
    QSpinBox *chunk() const noexcept { return m_chunk; }
    ToggleSwitch *padding() const noexcept { return m_padding; }
    ToggleSwitch *batchInvariant() const noexcept { return m_invariant; }
    ToggleSwitch *stepGraphs() const noexcept { return m_graphs; }
    QLabel *paddingHint() const noexcept { return m_paddingHint; }
    QLabel *gpuHint() const noexcept { return m_gpuHint; }

signals:
    void changed();

private:
    void addRow(QVBoxLayout *column, const QString &words, QWidget *field, const QString &tip);
    void refresh();

    bool m_onGpu = false;
    SegmentedControl *m_batching;
    QSpinBox *m_chunk;
    ToggleSwitch *m_padding;
    QLabel *m_paddingHint = nullptr;
    SegmentedControl *m_cacheType;
    ToggleSwitch *m_invariant;
    ToggleSwitch *m_graphs;
    QLabel *m_gpuHint = nullptr;
};

} // namespace inferlab
