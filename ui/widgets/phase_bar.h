// What the worker is doing: the phase's name, its clock, how far it is, what is left, and Stop.
// Always the same height, so that nothing jumps when a run begins.
#pragma once

#include "app/session/session_types.h"

#include <QTimer>
#include <QWidget>
#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;

namespace inferlab {

// How many of the answers' tokens are there; for the generating phase.
struct GenerationProgress
{
    int64_t doneTokens = 0;  // of all sequences
    int64_t limitTokens = 0; // at most that many; 0: unknown
};

// "Loading 41%", "Processing prompt 41% (6,144/14,906)", "Generating", "Run 3 of 6: Generating".
QString phaseText(const PhaseStatus &status);
// Share done in 0 .. 1; nullopt when it cannot be said.
std::optional<double> phaseShare(const PhaseStatus &status, const GenerationProgress &progress);

class PhaseBar : public QWidget
{
    Q_OBJECT

public:
    explicit PhaseBar(QWidget *parent = nullptr);

    void setStatus(const PhaseStatus &status, bool paused);
    void setGeneration(const GenerationProgress &progress);
    // What stands there while nothing runs.
    void setIdleText(const QString &text);
    QString text() const;
    QPushButton *stopButton() const noexcept { return m_stop; }

signals:
    void stopRequested();

private:
    void refresh();
    void showTime(const QString &time);
    bool isActive() const noexcept;

    PhaseStatus m_status;
    GenerationProgress m_progress;
    bool m_paused = false;
    QString m_idleText;
    QTimer m_clock;
    QLabel *m_name;
    QLabel *m_time;
    QProgressBar *m_bar;
    QPushButton *m_stop;
};

} // namespace inferlab
