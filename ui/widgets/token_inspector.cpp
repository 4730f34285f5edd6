// Writes and paints the facts of one token.
#include "token_inspector.h"

#include "engine/measure/metrics.h"
#include "figures.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

namespace inferlab {

namespace {

// The time since the token before, or since the request for the first one.
QString timeText(const RequestRecord &request, int token)
{
    if (token == 0) {
        const auto first = ttftMs(request);
        return first ? QObject::tr("first token after %1").arg(figures::milliseconds(*first))
                     : QString();
    }
    const std::vector<double> gaps = itlMs(request);
    const auto gap = static_cast<size_t>(token) - 1;
    return gap < gaps.size() ? figures::milliseconds(gaps[gap]) : QString();
}

QString factsText(const RequestRecord &request, int token)
{
    const TokenRecord &record = request.tokens[static_cast<size_t>(token)];
    QStringList facts;
    if (record.id >= 0)
        facts += QStringLiteral("id %1").arg(record.id);
    if (const QString time = timeText(request, token); !time.isEmpty())
        facts += time;
    if (record.probability > 0)
        facts += QStringLiteral("p %1").arg(
            figures::probability(static_cast<double>(record.probability)));
    return facts.join(QStringLiteral("   "));
}

QString runnerUpText(const RunnerUp &other)
{
    return figures::quotedPiece(other.piece) + QLatin1Char(' ')
        + figures::probability(static_cast<double>(other.probability));
}

const TokenRecord *findToken(const RunRecord *run, size_t request, int token)
{
    if (run == nullptr || request >= run->requests.size() || token < 0)
        return nullptr;
    const auto &tokens = run->requests[request].tokens;
    return static_cast<size_t>(token) < tokens.size() ? &tokens[static_cast<size_t>(token)]
                                                      : nullptr;
}

} // namespace

QString tokenSentence(const RunRecord &run, size_t request, int token)
{
    const TokenRecord *record = findToken(&run, request, token);
    if (record == nullptr)
        return {};
    QString sentence =
        QObject::tr("token: %1  %2")
            .arg(figures::quotedPiece(record->piece), factsText(run.requests[request], token));
    if (!record->runnersUp.empty()) {
        sentence += QObject::tr(" | then:");
        for (const RunnerUp &other : record->runnersUp)
            sentence += QLatin1Char(' ') + runnerUpText(other);
    }
    return sentence;
}

TokenInspector::TokenInspector(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("tokenInspector"));
    setAccessibleName(tr("Marked token"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TokenInspector::setToken(const RunRecord *run, size_t request, int token)
{
    const TokenRecord *record = findToken(run, request, token);
    if (record == nullptr) {
        if (m_sentence.isEmpty())
            return;
        m_sentence.clear();
    } else {
        m_sentence = tokenSentence(*run, request, token);
        m_piece = figures::quotedPiece(record->piece);
        m_facts = factsText(run->requests[request], token);
        m_probability = static_cast<double>(record->probability);
        m_runnersUp = record->runnersUp;
    }
    setAccessibleDescription(m_sentence);
    setToolTip(m_sentence);
    update();
}

QSize TokenInspector::sizeHint() const
{
    return {320, fontMetrics().height() + 20};
}

QSize TokenInspector::minimumSizeHint() const
{
    return {120, fontMetrics().height() + 20};
}

void TokenInspector::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(font());
    const qreal baseline = (height() - metrics.height()) / 2 + metrics.ascent();
    const Theme theme = Theme::current();
    const int margin = theme.px(space::kBetween);
    const int gap = theme.px(space::kEdge);
    painter.fillRect(0, 0, width(), 1, theme.border);
    if (m_sentence.isEmpty()) {
        painter.setPen(theme.mutedText);
        const QString hint =
            tr("Point at a token, or step with ← →, to see its id, time and probability");
        painter.drawText(QPointF(margin, baseline),
                         metrics.elidedText(hint, Qt::ElideRight, width() - 2 * margin));
        return;
    }
    qreal x = margin;
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QString piece = QFontMetricsF(bold).elidedText(m_piece, Qt::ElideMiddle, width() * 0.35);
    painter.setFont(bold);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QPointF(x, baseline), piece);
    x += QFontMetricsF(bold).horizontalAdvance(piece) + gap;
    painter.setFont(font());
    painter.drawText(QPointF(x, baseline), m_facts);
    x += metrics.horizontalAdvance(m_facts) + gap;
    paintRunnersUp(painter, x, baseline);
}

// As many as fit.
void TokenInspector::paintRunnersUp(QPainter &painter, qreal x, qreal baseline) const
{
    const QFontMetricsF metrics(font());
    const Theme theme = Theme::current();
    const QString lead = tr("then");
    painter.setPen(theme.mutedText);
    bool first = true;
    for (const RunnerUp &other : m_runnersUp) {
        const QString text = runnerUpText(other);
        const qreal needed = metrics.horizontalAdvance(text)
            + (first ? metrics.horizontalAdvance(lead) + theme.px(space::kInside) : 0);
        if (x + needed > width() - theme.px(space::kBetween))
            break;
        if (first) {
            painter.drawText(QPointF(x, baseline), lead);
            x += metrics.horizontalAdvance(lead) + theme.px(space::kInside);
            first = false;
        }
        painter.setPen(theme.mutedText);
        painter.drawText(QPointF(x, baseline), text);
        x += metrics.horizontalAdvance(text) + theme.px(space::kEdge);
    }
}

} // namespace inferlab
