// Ctrl+C in the terminal that started the window, `kill`, and the end of the desktop's session
// close the window as its close button does: a run in progress is stopped and kept.
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <functional>
#include <memory>

namespace inferlab {

// One at a time. A second signal ends the process at once.
class QuitSignals : public QObject
{
public:
    // Calls `quit` on this thread, from its event loop. Throws std::runtime_error when the system
    // has no pipe left.
    explicit QuitSignals(std::function<void()> quit);
    ~QuitSignals() override;

    // The signal that came, 0 if none.
    int received() const noexcept { return m_received; }

private:
    void read();

    std::function<void()> m_quit;
    int m_received = 0;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace inferlab
