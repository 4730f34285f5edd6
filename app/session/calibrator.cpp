#include "calibrator.h"

#include "app/machine/known_calibration.h"
#include "app/run_setup/run_setup.h"
#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <QThread>
#include <exception>
#include <utility>

namespace inferlab {

namespace {

CalibrationAnswer answerOf(const std::string &device, int threads, bool redo,
                           const std::filesystem::path &file, const std::atomic<bool> &stop)
{
    CalibrationAnswer answer;
    try {
        const auto backend = openBackend(device, threads > 0 ? threads : defaultThreads());
        answer.hardware = hardwareId(*backend);
        if (redo) {
            KnownCalibration known = knownCalibration(*backend, {}, programName(), file, true,
                                                      [&stop] { return stop.load(); });
            answer.calibration = std::move(known.calibration);
            answer.problem = std::move(known.warning);
        } else {
            answer.calibration = storedCalibration(*backend, programName(), file, answer.problem);
        }
    } catch (const Cancelled &) {
        throw;
    } catch (const std::bad_alloc &) {
        answer.problem = "Not measured: it needs 512 MiB of memory for a moment";
    } catch (const std::exception &error) { // a device that is not there
        answer.problem = error.what();
    }
    return answer;
}

} // namespace

Calibrator::Calibrator(std::filesystem::path file, QObject *parent)
    : QObject(parent)
    , m_file(std::move(file))
{ }

Calibrator::~Calibrator()
{
    m_stop = true;
    if (m_thread != nullptr)
        m_thread->wait();
}

void Calibrator::look(const QString &device, int threads)
{
    start(device, threads, false);
}

void Calibrator::measure(const QString &device, int threads)
{
    start(device, threads, true);
}

void Calibrator::stop()
{
    m_stop = true;
}

void Calibrator::start(const QString &device, int threads, bool redo)
{
    if (m_thread != nullptr)
        return;
    m_stop = false;
    auto answer = std::make_shared<std::optional<CalibrationAnswer>>();
    m_thread.reset(QThread::create([this, answer, kind = device.toStdString(), threads, redo] {
        try {
            *answer = answerOf(kind, threads, redo, m_file, m_stop);
        } catch (const Cancelled &) {
            // No answer: it was not wanted any more.
        }
    }));
    connect(m_thread.get(), &QThread::finished, this, [this, answer] {
        m_thread->wait();
        m_thread.release()->deleteLater();
        if (*answer)
            emit answered(**answer);
        else
            emit stopped();
    });
    m_thread->start();
}

} // namespace inferlab
