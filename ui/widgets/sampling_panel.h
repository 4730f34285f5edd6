// How the next token is drawn, and two presets: for chatting, and for measuring.
#pragma once

#include "engine/run/request.h"

#include <QWidget>

class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;

namespace inferlab {

class ToggleSwitch;

class SamplingPanel : public QWidget
{
    Q_OBJECT

public:
    explicit SamplingPanel(QWidget *parent = nullptr);

    SamplingSettings sampling() const;
    bool ignoreEnd() const;
    void set(const SamplingSettings &sampling, bool ignoreEnd);

    static SamplingSettings chatPreset();      // temperature 0.8, top-k 40, top-p 0.95, min-p 0.05
    static SamplingSettings measuringPreset(); // greedy

signals:
    void changed();

private:
    QDoubleSpinBox *addNumber(QFormLayout *form, const QString &label, double maximum, double step,
                              const QString &tip);
    QSpinBox *addCount(QFormLayout *form, const QString &label, int maximum, const QString &tip);
    void edited();

    QPushButton *m_chat;
    QPushButton *m_measuring;
    QDoubleSpinBox *m_temperature = nullptr;
    QSpinBox *m_topK = nullptr;
    QDoubleSpinBox *m_topP = nullptr;
    QDoubleSpinBox *m_minP = nullptr;
    QDoubleSpinBox *m_penalty = nullptr;
    QSpinBox *m_seed = nullptr;
    ToggleSwitch *m_ignoreEnd = nullptr;
    QLabel *m_consequence;
    bool m_setting = true; // while it is built, and while values are set
};

} // namespace inferlab
