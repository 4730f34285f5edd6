// Names cut to their room still tell one from the other: shared parts go first, then shared
// beginnings.
#include "ui/charts/telling_text.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QSet>
#include <QTest>

using namespace inferlab;

class TestTellingText : public QObject
{
    Q_OBJECT

private:
    QFontMetricsF m_metrics {QGuiApplication::font()};

private slots:
    void sharedPartsGoFirst_data()
    {
        QTest::addColumn<QStringList>("texts");
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("expected"); // in a room just as wide
        const QStringList cache {"KV cache off, batch 8", "KV cache on, batch 8"};
        QTest::newRow("all fits") << cache << 0 << QStringLiteral("KV cache off, batch 8");
        QTest::newRow("one part") << cache << 1 << QStringLiteral("KV cache on");
        const QStringList three {"CPU, batch 8, threads 2", "CPU, batch 16, threads 2",
                                 "GPU, batch 8, threads 2"};
        QTest::newRow("shared by all") << three << 1 << QStringLiteral("CPU, batch 16");
        QTest::newRow("by two of three") << three << 1 << QStringLiteral("batch 16");
        QTest::newRow("both are needed") << three << 0 << QStringLiteral("CPU, batch 8");
        QTest::newRow("first part") << three << 2 << QStringLiteral("GPU");
        const QStringList files {"SmolLM2-135M-Instruct.Q4_1", "SmolLM2-135M-Instruct.Q8_0"};
        QTest::newRow("the beginning") << files << 0 << QStringLiteral("Smol\u2026Q4_1");
        QTest::newRow("whole words") << files << 1 << QStringLiteral("\u2026Q8_0");
        const QStringList numbers {"temperature 0.8", "temperature 0.95"};
        QTest::newRow("whole numbers") << numbers << 1 << QStringLiteral("\u20260.95");
        QTest::newRow("nothing shared")
            << QStringList {"greedy", "temperature 0.8"} << 1 << QStringLiteral("temp\u2026");
        QTest::newRow("alone") << QStringList {"this run"} << 0 << QStringLiteral("this\u2026");
    }

    void sharedPartsGoFirst()
    {
        QFETCH(QStringList, texts);
        QFETCH(int, index);
        QFETCH(QString, expected);
        const double room = m_metrics.horizontalAdvance(expected) + 1.5; // less than a letter
        QCOMPARE(tellingText(texts, index, m_metrics, room), expected);
    }

    // Every grid of settings, at any width that has room for the settings that differ.
    void namesStayApart()
    {
        QStringList texts;
        for (const char *cache : {"on", "off"}) {
            for (const int batch : {1, 8, 16})
                texts << QStringLiteral("SmolLM2-135M, KV cache %1, batch %2, threads 2")
                             .arg(QLatin1String(cache))
                             .arg(batch);
        }
        const double widest = m_metrics.horizontalAdvance(texts.last());
        const double least = m_metrics.horizontalAdvance(QStringLiteral("KV cache off, batch 16"));
        for (double room = least; room < widest; room += 3) {
            QSet<QString> cut;
            for (qsizetype i = 0; i < texts.size(); ++i) {
                cut.insert(tellingText(texts, i, m_metrics, room));
                QVERIFY(m_metrics.horizontalAdvance(tellingText(texts, i, m_metrics, room))
                        <= room);
            }
            QCOMPARE(cut.size(), texts.size());
        }
    }

    void noRoomIsNoCrash()
    {
        const QStringList texts {"", "a, b", "a, c", "a, b"};
        for (qsizetype i = 0; i < texts.size(); ++i)
            QVERIFY(tellingText(texts, i, m_metrics, 0).size() <= 1); // an ellipsis at most
    }
};

QTEST_MAIN(TestTellingText)
#include "test_telling_text.moc"
