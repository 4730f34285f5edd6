// One thing that an experiment varies: which, and its values as a list with commas.
#pragma once

#include "app/experiment/axis.h"

#include <QWidget>
#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;

namespace inferlab {

class AxisEditor : public QWidget
{
    Q_OBJECT

public:
    // axis: what it starts from; none: nothing varies here.
    explicit AxisEditor(const std::optional<ExperimentAxis> &axis, QWidget *parent = nullptr);

    // None where nothing is chosen. Values as they are typed, whether the axis takes them or not:
    // checkExperiment() says.
    std::optional<ExperimentAxis> axis() const;
    std::optional<AxisKind> kind() const;

    QComboBox *kindBox() const noexcept { return m_kind; }
    QLineEdit *valuesEdit() const noexcept { return m_values; }

signals:
    void edited();

private:
    void chooseKind();

    std::optional<ExperimentAxis> m_start;
    bool m_touched = false; // until then the axis is as it was given, to the last digit
    QComboBox *m_kind;
    QLineEdit *m_values;
    QLabel *m_hint;
};

} // namespace inferlab
