// What a device reaches, as it was measured earlier or as it is measured anew, on a thread of its
// own: whoever asks never waits.
#pragma once

#include "app/machine/calibration.h"

#include <QMetaType>
#include <QObject>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

class QThread;

namespace inferlab {

struct CalibrationAnswer
{
    std::string hardware;                   // hardwareId(); empty where the device does not open
    std::optional<Calibration> calibration; // none: not measured yet
    std::string problem;                    // one line; empty when there is none
};

class Calibrator : public QObject
{
    Q_OBJECT

public:
    // file: calibrationPath().
    explicit Calibrator(std::filesystem::path file, QObject *parent = nullptr);
    ~Calibrator() override; // stops what is measured and waits

    bool isBusy() const noexcept { return m_thread != nullptr; }
    // Each is one question; while one is open, others are left aside. threads: 0: all cores.
    void look(const QString &device, int threads);    // at what is kept
    void measure(const QString &device, int threads); // in less than 2 s, and kept
    void stop();                                      // the measuring in progress

signals:
    void answered(const inferlab::CalibrationAnswer &answer);
    void stopped(); // instead of an answer

private:
    void start(const QString &device, int threads, bool redo);

    const std::filesystem::path m_file;
    std::unique_ptr<QThread> m_thread;
    std::atomic<bool> m_stop {false};
};

} // namespace inferlab

Q_DECLARE_METATYPE(inferlab::CalibrationAnswer)
