// Lays out a picture in a scene without a view.
#include "ui/charts/picture.h"

#include "ui/charts/plot.h"

#include <QFontMetricsF>
#include <QGraphicsItem>
#include <QPainter>

namespace inferlab {

namespace {

constexpr double kEdge = 28;       // around everything
constexpr double kPaperZoom = 1.2; // pictures are read smaller than they are drawn

// The words around the plot.
class Words : public QGraphicsItem
{
public:
    Words(ExportedChart chart, ExportNotes notes, PlotLook look, const QSizeF &size)
        : m_chart(std::move(chart))
        , m_notes(std::move(notes))
        , m_look(std::move(look))
        , m_size(size)
    { }

    QRectF boundingRect() const override { return {QPointF(), m_size}; }
    QRectF plotArea() const
    {
        return {kEdge, top(), m_size.width() - 2 * kEdge, m_size.height() - top() - bottom()};
    }

    void paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *) override
    {
        const Theme &theme = m_look.theme;
        const QFontMetricsF title(theme.font(TextSize::Big, QFont::DemiBold));
        const QFontMetricsF body(theme.font(TextSize::Body));
        double y = kEdge + title.ascent();
        line(*painter, m_chart.spec.title, theme.font(TextSize::Big, QFont::DemiBold), theme.text,
             y);
        painter->setFont(theme.font(TextSize::Body));
        painter->setPen(theme.mutedText);
        painter->drawText(
            QPointF(m_size.width() - kEdge - body.horizontalAdvance(m_chart.spec.sample), y),
            m_chart.spec.sample);
        y += title.descent() + theme.px(4) + body.ascent();
        const bool fits = body.horizontalAdvance(m_notes.subtitle) <= m_size.width() - 2 * kEdge;
        line(*painter, m_notes.subtitle, theme.font(fits ? TextSize::Body : TextSize::Small),
             theme.mutedText, y);
        y += body.descent() + theme.px(10);
        legend(painter, y);
        line(*painter, m_notes.foot, theme.font(TextSize::Small), theme.mutedText,
             m_size.height() - kEdge + theme.px(4));
    }

private:
    void line(QPainter &painter, const QString &text, const QFont &font, const QColor &color,
              double baseline) const
    {
        painter.setFont(font);
        painter.setPen(color);
        painter.drawText(
            QPointF(kEdge, baseline),
            QFontMetricsF(font).elidedText(text, Qt::ElideRight, m_size.width() - 2 * kEdge));
    }

    // Rows of entries; draws them when there is a painter. Returns the height.
    double legend(QPainter *painter, double from) const
    {
        const Theme &theme = m_look.theme;
        const QFont font = theme.font(TextSize::Small);
        const QFontMetricsF metrics(font);
        const double swatch = theme.px(16);
        double x = kEdge;
        double y = from;
        bool any = false;
        for (const LegendEntry &entry : m_chart.spec.legend) {
            if (m_chart.hidden.contains(entry.key))
                continue;
            const double width = swatch + theme.px(6) + metrics.horizontalAdvance(entry.text);
            if (any && x + width > m_size.width() - kEdge) {
                x = kEdge;
                y += metrics.height() + theme.px(4);
            }
            any = true;
            if (painter != nullptr) {
                const double side = metrics.ascent() * 0.95;
                paintSwatch(*painter, entry,
                            QRectF(x, y + (metrics.height() - side) / 2, swatch, side), m_look);
                painter->setFont(font);
                painter->setPen(theme.text);
                painter->drawText(QPointF(x + swatch + theme.px(6), y + metrics.ascent()),
                                  entry.text);
            }
            x += width + theme.px(18);
        }
        return any ? y - from + metrics.height() : 0.0;
    }

    double top() const
    {
        const Theme &theme = m_look.theme;
        const double words = QFontMetricsF(theme.font(TextSize::Big, QFont::DemiBold)).height()
            + theme.px(4) + QFontMetricsF(theme.font(TextSize::Body)).height() + theme.px(10);
        const double rows = legend(nullptr, 0);
        return kEdge + words + rows + (rows > 0 ? theme.px(8) : 0);
    }

    double bottom() const
    {
        return kEdge + QFontMetricsF(m_look.theme.font(TextSize::Small)).height();
    }

    ExportedChart m_chart;
    ExportNotes m_notes;
    PlotLook m_look;
    QSizeF m_size;
};

} // namespace

Theme Picture::theme()
{
    Theme theme = Theme::light();
    theme.window = theme.surface;
    theme.zoom = kPaperZoom;
    return theme;
}

Picture::Picture(const ExportedChart &chart, const ExportNotes &notes, const QSizeF &size)
{
    PlotLook look;
    look.theme = theme();
    look.hidden = chart.hidden;
    m_scene.setSceneRect(QRectF(QPointF(), size));
    m_scene.setBackgroundBrush(look.theme.surface);
    auto *words = new Words(chart, notes, look, size);
    m_scene.addItem(words);
    auto *plot = new Plot;
    m_scene.addItem(plot);
    plot->setLook(look);
    plot->setRoomy(true);
    plot->setPos(words->plotArea().topLeft());
    plot->resize(words->plotArea().size());
    plot->setSpec(chart.spec);
    if (chart.x && chart.y)
        plot->showRange(*chart.x, *chart.y);
}

} // namespace inferlab
