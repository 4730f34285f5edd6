// Writes the figures of one answer.
#include "stats_line.h"

#include "engine/measure/metrics.h"
#include "figures.h"

#include <QLabel>
#include <algorithm>

namespace inferlab {

namespace {

constexpr qint64 kLiveIntervalMs = 500; // live figures that change more often cannot be read
// Figures of a large batch take milliseconds: live ones may take this share of one core.
constexpr qint64 kRestPerWork = 50;

QString endText(const RequestRecord &request)
{
    switch (request.endReason) {
    case EndReason::Stop:
        return QObject::tr("stop: end of text");
    case EndReason::Length:
        return QObject::tr("stop: length");
    case EndReason::Cancelled:
        return QObject::tr("stop: cancelled");
    case EndReason::Error:
        return QObject::tr("error: %1").arg(QString::fromStdString(request.message));
    case EndReason::Running:
        break;
    }
    return {};
}

} // namespace

QString statsText(const RunRecord &run, size_t request, bool live)
{
    if (request >= run.requests.size())
        return {};
    const RequestRecord &record = run.requests[request];
    const bool estimate = live && record.endReason == EndReason::Running;
    const QString about = estimate ? QStringLiteral("~") : QString();
    QStringList parts;
    const bool many = run.requests.size() > 1;
    if (const auto rate = userTokPerSecond(record))
        parts += about + figures::tokPerSecond(*rate) + QStringLiteral(" tok/s/user");
    if (many && !live) {
        if (const auto total = computeMetrics(run).outputTokPerSecond)
            parts += figures::tokPerSecond(*total) + QStringLiteral(" tok/s total");
    }
    if (const int64_t tokens = outputTokens(record); tokens > 0)
        parts += tokens == 1 ? QObject::tr("1 token")
                             : QObject::tr("%1 tokens").arg(figures::count(tokens));
    if (const auto first = ttftMs(record))
        parts += QObject::tr("%1 to first token").arg(figures::seconds(*first / 1000));
    if (const QString end = endText(record); !end.isEmpty())
        parts += end;
    return parts.join(QStringLiteral(" · "));
}

QString batchStatsText(const RunRecord &run, bool live)
{
    const RunMetrics metrics = computeMetrics(run);
    const QString about = live ? QStringLiteral("~") : QString();
    QStringList parts;
    if (metrics.outputTokPerSecond)
        parts += about + figures::tokPerSecond(*metrics.outputTokPerSecond)
            + QStringLiteral(" tok/s total");
    if (metrics.userTokPerSecond)
        parts += about + figures::tokPerSecond(metrics.userTokPerSecond->p50)
            + QStringLiteral(" tok/s/user (P50)");
    if (metrics.outputTokens > 0)
        parts += QObject::tr("%1 tokens").arg(figures::count(metrics.outputTokens));
    if (metrics.ttft)
        parts +=
            QObject::tr("%1 to first token (P50)").arg(figures::seconds(metrics.ttft->p50 / 1000));
    return parts.join(QStringLiteral(" · "));
}

StatsLine::StatsLine(QWidget *parent)
    : QWidget(parent)
    , m_label(new QLabel(this))
{
    m_label->setObjectName(QStringLiteral("statsLine"));
    m_label->setAccessibleName(tr("Figures of this answer"));
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_label->setIndent(0);
}

QString StatsLine::text() const
{
    return m_label->text();
}

void StatsLine::setText(const QString &text)
{
    m_label->setText(text);
    fit();
}

void StatsLine::fit()
{
    const int wanted = m_label->heightForWidth(width());
    if (wanted > 0 && wanted != height())
        setFixedHeight(wanted);
    m_label->setGeometry(rect());
}

void StatsLine::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void StatsLine::setRun(const RunRecord *run, int request, bool live)
{
    const bool same = live && m_live && request == m_request;
    if (run != nullptr && same && m_sinceChange.isValid() && m_sinceChange.elapsed() < m_restMs)
        return;
    m_request = request;
    m_live = live;
    // Words that can be selected are drawn by a text document, which is dear four times a second.
    m_label->setTextInteractionFlags(live ? Qt::NoTextInteraction : Qt::TextSelectableByMouse);
    m_sinceChange.start();
    if (run == nullptr)
        setText({});
    else if (request < 0)
        setText(batchStatsText(*run, live));
    else
        setText(statsText(*run, static_cast<size_t>(request), live));
    m_restMs = std::max(kLiveIntervalMs, m_sinceChange.elapsed() * kRestPerWork);
    m_sinceChange.start();
}

} // namespace inferlab
