// The mailbox: order, bound, the latest status, and two threads at once.
#include "app/session/mailbox.h"

#include <QTest>
#include <thread>

using inferlab::Mailbox;

namespace {

struct Item
{
    int value = 0;
    bool mayDrop = true;
    bool droppable() const { return mayDrop; }
    size_t weight() const { return 1; }
};
using Box = Mailbox<Item, int>;

} // namespace

class TestMailbox : public QObject
{
    Q_OBJECT

private slots:
    void keepsOrderAndDrainsAll()
    {
        Box box(10);
        for (int i = 0; i < 10; ++i)
            QVERIFY(box.post({i}));
        const Box::Contents contents = box.drain();
        QCOMPARE(contents.events.size(), size_t(10));
        for (int i = 0; i < 10; ++i)
            QCOMPARE(contents.events[static_cast<size_t>(i)].value, i);
        QVERIFY(box.isEmpty());
        QVERIFY(box.drain().events.empty());
    }

    void dropsOnlyWhatMayBeDroppedWhenFull()
    {
        Box box(2);
        QVERIFY(box.post({1}));
        QVERIFY(box.post({2}));
        QVERIFY(!box.post({3}));
        QVERIFY(box.post({4, false}));
        const Box::Contents contents = box.drain();
        QCOMPARE(contents.events.size(), size_t(3));
        QCOMPARE(contents.events.back().value, 4);
        QVERIFY(box.post({5})); // room again
    }

    void latestStatusWins()
    {
        Box box(1);
        box.setStatus(1);
        box.setStatus(2);
        QCOMPARE(box.drain().status, std::optional<int>(2));
        QCOMPARE(box.drain().status, std::optional<int>());
    }

    void twoThreadsLoseNothingBelowTheBound()
    {
        constexpr int kItems = 20000;
        Box box(kItems);
        std::thread producer([&box] {
            for (int i = 0; i < kItems; ++i) {
                box.post({i});
                box.setStatus(i);
            }
        });
        int expected = 0;
        while (expected < kItems) {
            for (const Item &item : box.drain().events)
                QCOMPARE(item.value, expected++);
        }
        producer.join();
        QCOMPARE(expected, kItems);
    }
};

QTEST_APPLESS_MAIN(TestMailbox)
#include "test_mailbox.moc"
