// The list of charts, and the pace of written figures.
#include "ui/charts/chart_source.h"

namespace inferlab {

QStringList chartIds()
{
    return {QStringLiteral("itl"), QStringLiteral("throughput"), QStringLiteral("ttft"),
            QStringLiteral("percentiles"), QStringLiteral("knee")};
}

std::unique_ptr<ChartSource> makeChartSource(const QString &id)
{
    if (id == QLatin1String("ttft"))
        return makeTtftChart();
    if (id == QLatin1String("itl"))
        return makeItlChart();
    if (id == QLatin1String("throughput"))
        return makeThroughputChart();
    if (id == QLatin1String("percentiles"))
        return makePercentilesChart();
    Q_ASSERT_X(id == QLatin1String("knee"), "makeChartSource", "an id of chartIds()");
    return makeKneeChart();
}

bool FigureClock::due(bool live, const QString &run)
{
    const bool now = !live || !m_wasLive || run != m_run || !m_since.isValid()
        || m_since.elapsed() >= kIntervalMs;
    if (now)
        m_since.start();
    m_run = run;
    m_wasLive = live;
    return now;
}

} // namespace inferlab
