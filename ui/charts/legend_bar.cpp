// Legend buttons and their arrangement in rows.
#include "ui/charts/legend_bar.h"

#include "ui/charts/telling_text.h"

#include <QFontMetrics>
#include <QPainter>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kSwatch = 16;    // pixels at 100%
constexpr int kNarrowest = 48; // a swatch and a few letters

} // namespace

LegendButton::LegendButton(QWidget *parent)
    : QAbstractButton(parent)
{
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::TabFocus);
}

void LegendButton::setEntry(const LegendEntry &entry)
{
    const bool active = !entry.key.isEmpty();
    m_entry = entry;
    setText(entry.text);
    setAccessibleName(entry.text);
    setCheckable(active);
    setFocusPolicy(active ? Qt::TabFocus : Qt::NoFocus);
    setCursor(active ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setToolTip(active ? QStringLiteral("%1: hide or show").arg(entry.text) : QString());
    setAttribute(Qt::WA_TransparentForMouseEvents, !active);
    updateGeometry();
    update();
}

QSize LegendButton::sizeHint() const
{
    const Theme theme = Theme::current();
    const QFontMetrics metrics(theme.font(TextSize::Small));
    return {metrics.horizontalAdvance(words()) + theme.px(kSwatch) + theme.px(14),
            metrics.height() + theme.px(3)};
}

void LegendButton::paintEvent(QPaintEvent *)
{
    const Theme theme = Theme::current();
    PlotLook look;
    look.theme = theme;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing, true);
    if (underMouse() && isCheckable()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.hover);
        painter.drawRoundedRect(rect(), theme.px(4), theme.px(4));
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(4), theme.px(4));
    }
    const QFont font = theme.font(TextSize::Small);
    const QFontMetrics metrics(font);
    const bool off = isCheckable() && !isChecked();
    painter.setOpacity(off ? 0.35 : 1.0);
    const double side = metrics.ascent() * 0.95;
    paintSwatch(painter, m_entry,
                QRectF(theme.px(4), (height() - side) / 2.0, theme.px(kSwatch) - theme.px(2), side),
                look);
    painter.setOpacity(1.0);
    QFont struck = font;
    struck.setStrikeOut(off); // never by colour alone
    painter.setFont(struck);
    painter.setPen(off ? theme.mutedText : theme.text);
    const int left = width() - roomForWords(width());
    painter.drawText(
        QRect(left, 0, width() - left, height()), Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(m_cut.isEmpty() ? words() : m_cut, Qt::ElideRight, width() - left));
}

void LegendButton::setBrief(bool brief)
{
    m_brief = brief;
    m_cut.clear();
}

int LegendButton::roomForWords(int width) const
{
    const Theme theme = Theme::current();
    return width - theme.px(kSwatch) - theme.px(7);
}

LegendBar::LegendBar(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(QStringLiteral("Legend"));
}

void LegendBar::setEntries(const std::vector<LegendEntry> &entries)
{
    while (m_buttons.size() < entries.size()) {
        auto *button = new LegendButton(this);
        connect(button, &QAbstractButton::toggled, this,
                [this, button](bool shown) { toggled(button->entry().key, shown); });
        m_buttons.push_back(button);
    }
    bool changed = m_used != entries.size();
    m_used = entries.size();
    for (size_t i = 0; i < m_buttons.size(); ++i) {
        m_buttons[i]->setVisible(i < m_used);
        if (i >= m_used)
            continue;
        const LegendEntry &before = m_buttons[i]->entry();
        const LegendEntry &entry = entries[i];
        if (before.key == entry.key && before.text == entry.text && before.kind == entry.kind
            && before.age == entry.age && before.meaning == entry.meaning)
            continue;
        const QSignalBlocker blocker(m_buttons[i]);
        m_buttons[i]->setEntry(entry);
        m_buttons[i]->setChecked(!m_hidden.contains(entry.key));
        changed = true;
    }
    if (changed) {
        arrange();
    }
}

int LegendBar::place(int widest, bool move)
{
    const int gap = Theme::current().px(space::kStep);
    int x = 0;
    int rows = 1;
    for (size_t i = 0; i < m_used; ++i) {
        QSize size = m_buttons[i]->sizeHint();
        size.setWidth(std::clamp(size.width(), 1, std::max(widest, 1)));
        if (x > 0 && x + size.width() > width()) {
            x = 0;
            ++rows;
        }
        if (move)
            m_buttons[i]->setGeometry(QRect(QPoint(x, (rows - 1) * size.height()), size));
        x += size.width() + gap;
    }
    return rows;
}

void LegendBar::arrange()
{
    if (m_used == 0)
        return;
    int widest = width();
    for (const bool brief : {false, true}) {
        for (LegendButton *button : m_buttons)
            button->setBrief(brief);
        if (place(widest, false) == 1)
            break;
    }
    const int least = Theme::current().px(kNarrowest);
    while (place(widest, false) > m_mostRows && widest > least)
        widest -= std::max(1, widest / 20);
    setFixedHeight(place(widest, true) * m_buttons.front()->sizeHint().height());
    cutWords();
}

// Entries that are narrower than their words keep what tells them from the others.
void LegendBar::cutWords()
{
    QStringList all;
    for (size_t i = 0; i < m_used; ++i)
        all << m_buttons[i]->words();
    const QFontMetricsF metrics(Theme::current().font(TextSize::Small));
    for (size_t i = 0; i < m_used; ++i) {
        LegendButton *button = m_buttons[i];
        if (button->width() < button->sizeHint().width())
            button->setCutWords(tellingText(all, static_cast<qsizetype>(i), metrics,
                                            button->roomForWords(button->width())));
        button->update();
    }
}

void LegendBar::setMostRows(int rows)
{
    if (rows == m_mostRows)
        return;
    m_mostRows = rows;
    arrange();
}

void LegendBar::toggled(const QString &key, bool shown)
{
    if (shown)
        m_hidden.remove(key);
    else
        m_hidden.insert(key);
    emit hiddenChanged();
}

void LegendBar::resizeEvent(QResizeEvent *)
{
    arrange();
}

} // namespace inferlab
