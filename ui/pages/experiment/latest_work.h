// Work off the window's thread of which only the last answer is wanted: the window never waits for
// it, and an answer that comes late is dropped.
#pragma once

#include "engine/base/error.h"

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <atomic>
#include <exception>
#include <memory>
#include <utility>

namespace inferlab {

class LatestWork
{
public:
    // receiver: on whose thread answers come; it owns this.
    explicit LatestWork(QObject *receiver)
        : m_receiver(receiver)
    {
        m_pool.setMaxThreadCount(1); // what is no longer wanted ends soon: nothing piles up
    }
    ~LatestWork() { cancel(); } // and waits for what goes on until now

    // On a thread: answer = work(stop), with a stop that becomes true when the answer is not wanted
    // any more. Then, on the receiver's thread, done(answer), or failed(line) where work threw.
    template <typename Work, typename Done, typename Failed>
    void start(Work work, Done done, Failed failed)
    {
        cancel();
        const auto stop = std::make_shared<std::atomic<bool>>(false);
        m_stop = stop;
        m_pool.start([receiver = m_receiver, stop, work, done, failed] {
            const auto deliver = [&](auto call) {
                QMetaObject::invokeMethod(
                    receiver,
                    [stop, call = std::move(call)] {
                        if (!stop->exchange(true)) // its time is over, whatever comes of it
                            call();
                    },
                    Qt::QueuedConnection);
            };
            try {
                throwIfStopped(stop.get());
                deliver([done, answer = work(*stop)] { done(answer); });
            } catch (const Cancelled &) {
                // Asked for: somebody wants something else by now.
            } catch (const std::exception &error) {
                deliver([failed, line = QString::fromUtf8(error.what())] { failed(line); });
            }
        });
    }

    // The answer that is under way is not wanted.
    void cancel()
    {
        if (m_stop != nullptr)
            *m_stop = true;
    }
    bool isWorking() const { return m_stop != nullptr && !*m_stop; }

private:
    QObject *m_receiver;
    std::shared_ptr<std::atomic<bool>> m_stop; // of the last work; true once it has been answered
    QThreadPool m_pool;                        // last: its end waits for the work
};

} // namespace inferlab
