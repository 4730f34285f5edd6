// A chart without figures says what will be there, and how it comes there: before a run, while the
// first token is on its way, and after a run that had none.
#include "support/synthetic_run.h"
#include "ui/charts/chart_source.h"

#include <QTest>

using namespace inferlab;

class TestEmptyCharts : public QObject
{
    Q_OBJECT

private slots:
    void eachStateHasItsWords_data();
    void eachStateHasItsWords();
};

void TestEmptyCharts::eachStateHasItsWords_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"ttft", "itl", "throughput", "percentiles"})
        QTest::newRow(id) << QString::fromLatin1(id);
}

void TestEmptyCharts::eachStateHasItsWords()
{
    QFETCH(QString, id);
    const auto textOf = [&id](const ChartData &data) {
        const PlotSpec spec = makeChartSource(id)->plot(data, 0);
        return spec.emptyText;
    };
    const QString press = QStringLiteral("Press Run");
    const QString none = textOf({});
    QVERIFY(none.contains(press));

    RunRecord run = makeSyntheticRun({.batch = 2, .newTokens = 4});
    for (RequestRecord &request : run.requests)
        request.tokens.clear();
    ChartData data;
    data.current = &run;
    data.live = true;
    const QString live = textOf(data);
    QVERIFY2(!live.contains(press), qPrintable(live));
    QVERIFY(live.contains(QStringLiteral("on its way")));
    QVERIFY(live.contains(none.section(QLatin1Char('\n'), 0, 0))); // and what will be there

    data.live = false;
    const QString ended = textOf(data);
    QVERIFY2(!ended.contains(press), qPrintable(ended));
    QVERIFY(ended.contains(QStringLiteral("o show"))); // "Nothing to show", "No gap to show"
}

QTEST_MAIN(TestEmptyCharts)
#include "test_empty_charts.moc"
