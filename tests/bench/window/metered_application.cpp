#include "metered_application.h"

#include "engine/base/clock.h"

#include <QThread>
#include <utility>

namespace inferlab::bench {

namespace {

constexpr double kNsPerMs = 1e6;
constexpr double kLongEventMs = 1.0;

} // namespace

bool MeteredApplication::notify(QObject *receiver, QEvent *event)
{
    // Other threads' events, and events sent while another is handled: the outer one is timed.
    if (QThread::currentThread() != thread() || m_depth > 0)
        return QApplication::notify(receiver, event);
    ++m_depth;
    const int64_t begin = nowNs();
    const int64_t cpuBegin = threadCpuNs();
    const bool result = QApplication::notify(receiver, event);
    add(nowNs() - begin, threadCpuNs() - cpuBegin);
    --m_depth;
    return result;
}

void MeteredApplication::start()
{
    m_framesMs.clear();
    m_framesCpuMs.clear();
    m_longEventsMs.clear();
    m_frameNs = 0;
    m_frameCpuNs = 0;
    m_inFrame = false;
    m_drained = false;
}

void MeteredApplication::add(int64_t ns, int64_t cpuNs)
{
    if (std::exchange(m_drained, false)) {
        if (m_inFrame) {
            m_framesMs.push_back(static_cast<double>(m_frameNs) / kNsPerMs);
            m_framesCpuMs.push_back(static_cast<double>(m_frameCpuNs) / kNsPerMs);
        }
        m_frameNs = 0;
        m_frameCpuNs = 0;
        m_inFrame = true;
    }
    m_frameNs += ns;
    m_frameCpuNs += cpuNs;
    const double ms = static_cast<double>(ns) / kNsPerMs;
    if (ms >= kLongEventMs)
        m_longEventsMs.push_back(ms);
}

} // namespace inferlab::bench
