// Arranges and feeds the charts.
#include "chart_board.h"

#include "ui/charts/run_overlay.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

constexpr double kLeastWidth = 300; // of a chart whose labels can still be read, at 100%
constexpr double kLeastHeight = 156;
constexpr double kMostHeight = 420; // taller, a line is only steeper
constexpr int kDefaultFrames = 20;
constexpr int kSoonMs = 500; // before charts that wait are drawn although no new data came

} // namespace

ChartBoard::ChartBoard(std::vector<ChartCard *> cards, QWidget *parent)
    : QScrollArea(parent)
    , m_cards(std::move(cards))
    , m_page(new QWidget(this))
{
    setObjectName(QStringLiteral("chartBoard"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    m_page->setProperty("kind", QStringLiteral("page"));
    for (ChartCard *card : m_cards) {
        card->setParent(m_page);
        card->installEventFilter(this);
        connect(card, &ChartCard::tokenPointed, this, &ChartBoard::tokenPointed);
        connect(card, &ChartCard::exportRequested, this,
                [this, card] { emit exportRequested(card->chartId()); });
        connect(card, &ChartCard::dataWanted, this, [this, card] { card->setData(m_data); });
        connect(card, &ChartCard::enlargeRequested, this, [this, card] {
            enlarge(m_enlarged == card->chartId() ? QString() : card->chartId());
        });
    }
    setWidget(m_page);
    m_frame.setSingleShot(true);
    m_frame.setInterval(kSoonMs);
    connect(&m_frame, &QTimer::timeout, this, [this] { m_data.live ? drawNext() : drawVisible(); });
    setFramesPerSecond(kDefaultFrames);
}

void ChartBoard::setFramesPerSecond(int frames)
{
    m_restMs = 1000 / std::max(1, frames);
}

void ChartBoard::setData(const ChartData &shown)
{
    const bool another = runKey(shown.current) != m_runKey;
    m_runKey = runKey(shown.current);
    m_data = shown;
    for (ChartCard *card : m_cards) {
        if (std::find(m_stale.begin(), m_stale.end(), card) == m_stale.end())
            m_stale.push_back(card); // behind those that wait already
    }
    const auto turns =
        std::max<qint64>(1, std::count_if(m_cards.begin(), m_cards.end(), isInSight));
    // The last state does not wait, and no chart shows another run than its neighbour.
    if (!shown.live || another)
        drawVisible();
    else if (m_sinceDrawn.isValid() && m_sinceDrawn.elapsed() < m_restMs / turns)
        drawSoon();
    else
        drawNext();
}

bool ChartBoard::isInSight(const ChartCard *card)
{
    return card->isVisible() && !card->visibleRegion().isEmpty();
}

// The charts take turns, one a frame: no frame has to wait for all of them.
void ChartBoard::drawNext()
{
    m_frame.stop();
    const auto next = std::find_if(m_stale.begin(), m_stale.end(), isInSight);
    if (next != m_stale.end()) {
        ChartCard *card = *next;
        m_stale.erase(next);
        card->setData(m_data);
        m_sinceDrawn.start();
    }
    drawSoon(); // the rest, should no new data come
}

// Cards out of sight stay stale until they come into sight.
void ChartBoard::drawVisible()
{
    m_frame.stop();
    std::vector<ChartCard *> unseen;
    for (ChartCard *card : std::exchange(m_stale, {})) {
        if (isInSight(card))
            card->setData(m_data);
        else
            unseen.push_back(card);
    }
    m_stale = std::move(unseen);
}

void ChartBoard::drawAll()
{
    for (ChartCard *card : std::exchange(m_stale, {}))
        card->setData(m_data);
}

void ChartBoard::setSelectedToken(TokenRef token)
{
    for (ChartCard *card : m_cards)
        card->setSelectedToken(token);
}

ChartCard *ChartBoard::card(const QString &chartId) const
{
    const auto found = std::find_if(m_cards.begin(), m_cards.end(), [&chartId](const ChartCard *c) {
        return c->chartId() == chartId;
    });
    return found == m_cards.end() ? nullptr : *found;
}

QStringList ChartBoard::order() const
{
    QStringList ids;
    for (const ChartCard *card : m_cards)
        ids += card->chartId();
    return ids;
}

QStringList ChartBoard::hiddenCharts() const
{
    return m_hidden;
}

void ChartBoard::setOrder(const QStringList &ids)
{
    const auto place = [&ids](const ChartCard *card) {
        const auto index = ids.indexOf(card->chartId());
        return index < 0 ? ids.size() : index;
    };
    std::stable_sort(m_cards.begin(), m_cards.end(),
                     [&](const ChartCard *a, const ChartCard *b) { return place(a) < place(b); });
    arrange();
}

void ChartBoard::setHidden(const QStringList &ids)
{
    m_hidden.clear();
    for (const QString &id : ids) {
        if (card(id) != nullptr && !m_hidden.contains(id))
            m_hidden += id;
    }
    arrange();
}

void ChartBoard::setHidden(const QString &id, bool hidden)
{
    QStringList ids = m_hidden;
    ids.removeAll(id);
    if (hidden)
        ids += id;
    if (m_enlarged == id)
        enlarge({});
    setHidden(ids);
    emit arrangementChanged();
}

void ChartBoard::move(const QString &id, int by)
{
    const auto from = order().indexOf(id);
    const auto to = std::clamp<qsizetype>(from + by, 0, static_cast<qsizetype>(m_cards.size()) - 1);
    if (from < 0 || from == to)
        return;
    std::swap(m_cards[static_cast<size_t>(from)], m_cards[static_cast<size_t>(to)]);
    arrange();
    emit arrangementChanged();
}

void ChartBoard::reveal(const QString &id)
{
    if (ChartCard *wanted = card(id); wanted != nullptr && !m_hidden.contains(id))
        ensureWidgetVisible(wanted, 0, 0);
}

void ChartBoard::enlarge(const QString &id)
{
    m_enlarged = card(id) != nullptr && !m_hidden.contains(id) ? id : QString();
    for (ChartCard *each : m_cards)
        each->setEnlarged(each->chartId() == m_enlarged);
    arrange();
}

std::vector<ChartCard *> ChartBoard::shownCards() const
{
    std::vector<ChartCard *> shown;
    for (ChartCard *card : m_cards) {
        const bool wanted = m_enlarged.isEmpty() ? !m_hidden.contains(card->chartId())
                                                 : card->chartId() == m_enlarged;
        card->setVisible(wanted);
        if (wanted)
            shown.push_back(card);
    }
    return shown;
}

void ChartBoard::arrange()
{
    const std::vector<ChartCard *> shown = shownCards();
    const Theme theme = Theme::current();
    const int gap = space::kInside;
    const auto count = static_cast<int>(shown.size());
    const QSize room = viewport()->size();
    const int columns =
        std::clamp(room.width() / std::max(1, theme.px(kLeastWidth)), 1, std::max(1, count));
    const int rows = std::max(1, (count + columns - 1) / columns);
    const int width = (room.width() - gap * (columns - 1)) / columns;
    // A whole number of rows in sight: a chart cut in two at the edge cannot be read.
    const int fitting = (room.height() + gap) / (theme.px(kLeastHeight) + gap);
    const int inSight = std::clamp(fitting, 1, rows);
    const int most = m_enlarged.isEmpty() ? theme.px(kMostHeight)
                                          : std::max(room.height(), theme.px(kLeastHeight));
    // Where not even one row has room, charts stay readable and are scrolled through.
    const int least = std::min(theme.px(kLeastHeight), most);
    const int height = std::clamp((room.height() - gap * (inSight - 1)) / inSight, least, most);
    m_page->resize(room.width(), rows * (height + gap) - gap);
    for (int i = 0; i < count; ++i) {
        // The last row shares its width: no hole at the end.
        const int row = i / columns;
        const int inRow = row + 1 == rows ? count - row * columns : columns;
        const int wide = inRow == columns ? width : (room.width() - gap * (inRow - 1)) / inRow;
        shown[static_cast<size_t>(i)]->setGeometry((i % columns) * (wide + gap),
                                                   row * (height + gap), wide, height);
    }
    drawSoon();
}

void ChartBoard::drawSoon()
{
    if (std::any_of(m_stale.begin(), m_stale.end(), isInSight) && !m_frame.isActive())
        m_frame.start();
}

void ChartBoard::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    drawSoon();
}

void ChartBoard::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    arrange();
}

void ChartBoard::scrollContentsBy(int dx, int dy)
{
    QScrollArea::scrollContentsBy(dx, dy);
    drawSoon();
}

void ChartBoard::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !m_enlarged.isEmpty())
        enlarge({});
    else
        QScrollArea::keyPressEvent(event);
}

bool ChartBoard::eventFilter(QObject *watched, QEvent *event)
{
    const auto found = std::find(m_cards.begin(), m_cards.end(), watched);
    if (found == m_cards.end())
        return QScrollArea::eventFilter(watched, event);
    if (event->type() == QEvent::FontChange)
        QMetaObject::invokeMethod(this, &ChartBoard::arrange, Qt::QueuedConnection);
    return dragEvent(*found, event) || QScrollArea::eventFilter(watched, event);
}

// A card dragged by what its children leave to it (the title) changes places with the card it comes
// over.
bool ChartBoard::dragEvent(ChartCard *card, QEvent *event)
{
    if (event->type() == QEvent::MouseButtonPress) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        if (mouse->button() == Qt::LeftButton && m_enlarged.isEmpty()) {
            m_dragged = card;
            m_pressedAt = mouse->globalPosition().toPoint();
        }
        return false;
    }
    if (event->type() == QEvent::MouseButtonRelease) {
        m_dragged = nullptr;
        card->unsetCursor();
        return false;
    }
    if (event->type() != QEvent::MouseMove || m_dragged != card)
        return false;
    const QPoint at = static_cast<QMouseEvent *>(event)->globalPosition().toPoint();
    if ((at - m_pressedAt).manhattanLength() < QApplication::startDragDistance())
        return false;
    card->setCursor(Qt::ClosedHandCursor);
    const QPoint onPage = m_page->mapFromGlobal(at);
    for (const ChartCard *other : shownCards()) {
        if (other == card || !other->geometry().contains(onPage))
            continue;
        const auto from = order().indexOf(card->chartId());
        const auto to = order().indexOf(other->chartId());
        move(card->chartId(), static_cast<int>(to - from));
        m_pressedAt = at;
        break;
    }
    return true;
}

void ChartBoard::fillMenu(QMenu *menu)
{
    menu->clear();
    for (ChartCard *card : std::as_const(m_cards))
        addCardMenu(menu, card);
    menu->addSeparator();
    QAction *all = menu->addAction(tr("Show all"));
    all->setEnabled(!m_hidden.isEmpty() || !m_enlarged.isEmpty());
    connect(all, &QAction::triggered, this, [this] {
        enlarge({});
        setHidden(QStringList());
        emit arrangementChanged();
    });
}

void ChartBoard::addCardMenu(QMenu *menu, ChartCard *card)
{
    const QString id = card->chartId();
    const bool shown = !m_hidden.contains(id);
    QMenu *sub = menu->addMenu(shown ? card->title() : tr("%1 (hidden)").arg(card->title()));
    QAction *show = sub->addAction(tr("Shown"));
    show->setCheckable(true);
    show->setChecked(shown);
    connect(show, &QAction::toggled, this, [this, id](bool on) { setHidden(id, !on); });
    QAction *large = sub->addAction(tr("Enlarged"));
    large->setCheckable(true);
    large->setChecked(m_enlarged == id);
    large->setEnabled(shown);
    connect(large, &QAction::toggled, this, [this, id](bool on) { enlarge(on ? id : QString()); });
    const auto from = order().indexOf(id);
    QAction *up = sub->addAction(tr("Move up"));
    up->setEnabled(from > 0);
    connect(up, &QAction::triggered, this, [this, id] { move(id, -1); });
    QAction *down = sub->addAction(tr("Move down"));
    down->setEnabled(from + 1 < static_cast<qsizetype>(m_cards.size()));
    connect(down, &QAction::triggered, this, [this, id] { move(id, 1); });
}

} // namespace inferlab
