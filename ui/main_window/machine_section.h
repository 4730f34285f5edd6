// What this machine was measured to reach, with its date, and a button that measures it anew.
#pragma once

#include "app/session/calibrator.h"
#include "app/session/session_types.h"

#include <QWidget>
#include <filesystem>
#include <functional>

class QLabel;
class QPushButton;

namespace inferlab {

class Session;

class MachineSection : public QWidget
{
    Q_OBJECT

public:
    // choice: the device and the threads that are chosen now. calibrations: calibrationPath(). The
    // session must outlive the widget: nothing is measured while it is busy.
    MachineSection(Session &session, std::function<ModelChoice()> choice,
                   std::filesystem::path calibrations, QWidget *parent = nullptr);

    QPushButton *calibrateButton() const noexcept { return m_calibrate; }
    QLabel *hardware() const noexcept { return m_hardware; }
    QLabel *figures() const noexcept { return m_figures; }

private:
    void show(const CalibrationAnswer &answer);
    void measure();
    void refreshButton();

    Session &m_session;
    std::function<ModelChoice()> m_choice;
    Calibrator *m_calibrator;
    QLabel *m_hardware;
    QLabel *m_figures;
    QPushButton *m_calibrate;
};

} // namespace inferlab
