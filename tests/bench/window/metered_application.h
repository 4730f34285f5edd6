// An application that knows how long the GUI thread works for each frame.
#pragma once

#include <QApplication>
#include <cstdint>
#include <vector>

namespace inferlab::bench {

// A frame lasts from one drain of the session to the next. Its time is that of all events which the
// GUI thread handled meanwhile: the drain, timers, layout, painting.
class MeteredApplication : public QApplication
{
public:
    using QApplication::QApplication;

    bool notify(QObject *receiver, QEvent *event) override;

    // To be called while the event is handled that drains the session.
    void drained() noexcept { m_drained = true; }
    void start(); // forgets what was measured

    const std::vector<double> &framesMs() const noexcept { return m_framesMs; }
    // The same frames in processor time of the GUI thread: what is left when other programs take
    // the processor away is not counted.
    const std::vector<double> &framesCpuMs() const noexcept { return m_framesCpuMs; }
    // Every single event that took a millisecond or more.
    const std::vector<double> &longEventsMs() const noexcept { return m_longEventsMs; }

private:
    void add(int64_t ns, int64_t cpuNs);

    std::vector<double> m_framesMs;
    std::vector<double> m_framesCpuMs;
    std::vector<double> m_longEventsMs;
    int64_t m_frameNs = 0;
    int64_t m_frameCpuNs = 0;
    int m_depth = 0; // of notify() within notify()
    bool m_inFrame = false;
    bool m_drained = false;
};

} // namespace inferlab::bench
