#include "history.h"

#include "app/history/history_thread.h"

#include <QDateTime>
#include <QFile>
#include <QPointer>
#include <future>

namespace inferlab {

bool mayBeHistory(const QString &file)
{
    constexpr QByteArrayView kBegin = "SQLite format 3";
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly))
        return true; // not there, or opening it says why not
    const QByteArray begin = in.read(kBegin.size());
    return begin.isEmpty() || begin == kBegin;
}

class History::Private
{
public:
    Private(History *history, const QString &file)
        : q(history)
        , thread(file)
    { }

    // On the history's thread: `what` later, on the thread that made the history.
    template <typename What>
    void deliver(What what)
    {
        QMetaObject::invokeMethod(q, std::move(what), Qt::QueuedConnection);
    }

    // Asks the store; whatever goes wrong becomes a line for the person.
    template <typename Work>
    void ask(Work work)
    {
        thread.post([this, work = std::move(work)](HistoryThread &on) mutable {
            try {
                HistoryStore &store = on.store();
                tellNotices(on);
                work(store);
            } catch (const std::exception &error) {
                tellNotices(on);
                fail(error);
            }
        });
    }

    // The same for what changes a run.
    template <typename Work>
    void change(Work work)
    {
        ask([this, work = std::move(work)](HistoryStore &store) mutable {
            work(store);
            deliver([this] { emit q->changed(); });
        });
    }

    void fail(const std::exception &error)
    {
        deliver([this, line = QString::fromUtf8(error.what())] { emit q->failed(line); });
    }

    void tellNotices(HistoryThread &on)
    {
        for (const QString &line : on.takeNotices())
            deliver([this, line] { emit q->noticed(line); });
    }

    History *q;
    HistoryThread thread; // last: it ends before the rest goes
};

History::History(const QString &file, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, file))
{
    d->ask([](HistoryStore &store) {
        if (!store.isReadOnly())
            store.purge(QDateTime::currentDateTimeUtc().addDays(-kBinDays).toMSecsSinceEpoch());
    });
}

History::~History() = default;

int64_t History::save(const RunRecord &run, const std::optional<ExperimentPlace> &place)
{
    auto prepared = std::make_shared<PreparedRun>(prepareRun(run, place));
    // Shared: whoever waits may go on, and be gone, before the thread has left set_value().
    const auto promise = std::make_shared<std::promise<int64_t>>();
    std::future<int64_t> id = promise->get_future();
    d->thread.post([this, prepared, promise](HistoryThread &on) {
        try {
            const int64_t saved = on.save(std::move(*prepared));
            d->tellNotices(on);
            d->deliver([this] { emit changed(); });
            promise->set_value(saved);
        } catch (...) {
            d->tellNotices(on);
            promise->set_exception(std::current_exception());
        }
    });
    return id.get();
}

void History::list(const HistoryQuery &query, QObject *receiver,
                   std::function<void(const HistoryRows &)> answer)
{
    d->ask([this, query, guard = QPointer<QObject>(receiver),
            answer = std::move(answer)](HistoryStore &store) mutable {
        d->deliver(
            [guard = std::move(guard), answer = std::move(answer), page = store.list(query)] {
                if (guard != nullptr)
                    answer(page);
            });
    });
}

void History::open(const std::vector<int64_t> &ids, QObject *receiver,
                   std::function<void(const std::vector<HistoryRecordPtr> &)> answer)
{
    d->ask([this, ids, guard = QPointer<QObject>(receiver),
            answer = std::move(answer)](HistoryStore &store) mutable {
        std::vector<HistoryRecordPtr> records;
        for (const int64_t id : ids) {
            try {
                records.push_back(std::make_shared<const RunRecord>(store.record(id)));
            } catch (const std::exception &error) {
                d->fail(error);
            }
        }
        d->deliver(
            [guard = std::move(guard), answer = std::move(answer), records = std::move(records)] {
                if (guard != nullptr)
                    answer(records);
            });
    });
}

void History::rename(int64_t id, const QString &name)
{
    d->change([id, name](HistoryStore &store) { store.rename(id, name); });
}

void History::setNote(int64_t id, const QString &note)
{
    d->change([id, note](HistoryStore &store) { store.setNote(id, note); });
}

void History::setTags(int64_t id, const QStringList &tags)
{
    d->change([id, tags](HistoryStore &store) { store.setTags(id, tags); });
}

void History::remove(const std::vector<int64_t> &ids)
{
    d->change([ids](HistoryStore &store) { store.remove(ids); });
}

void History::restore(const std::vector<int64_t> &ids)
{
    d->change([ids](HistoryStore &store) { store.restore(ids); });
}

} // namespace inferlab
