// The capacity calculator: how many users a memory holds, beside what the experiment's runs took.
#pragma once

#include "app/experiment/capacity_models.h"
#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"
#include "engine/measure/capacity.h"

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace inferlab {

class CapacityPanel : public QWidget
{
    Q_OBJECT

public:
    explicit CapacityPanel(QWidget *parent = nullptr);

    // Weights and cache bytes come from the outlook's models, of which one is chosen; null: not
    // known.
    void setExperiment(const ExperimentResult &result, const ExperimentOutlook *outlook);
    // What is free on the device; a person's own number stays.
    void setFreeBytes(uint64_t bytes);

    const std::optional<Capacity> &capacity() const noexcept { return m_capacity; }
    QDoubleSpinBox *memory() const noexcept { return m_memory; } // GiB
    QSpinBox *context() const noexcept { return m_context; }     // tokens of each user
    QComboBox *model() const noexcept { return m_model; }        // hidden where there is one
    QLabel *sentence() const noexcept { return m_sentence; }
    QLabel *measured() const noexcept { return m_measured; }

private:
    void setModels(std::vector<CapacityModel> models);
    void refresh();

    QDoubleSpinBox *m_memory;
    QSpinBox *m_context;
    QComboBox *m_model;
    QLabel *m_sentence;
    QLabel *m_measured;
    bool m_ownMemory = false; // set by a person
    bool m_ownContext = false;
    std::vector<CapacityModel> m_models; // of the experiment
    std::optional<Capacity> m_capacity;
};

} // namespace inferlab
