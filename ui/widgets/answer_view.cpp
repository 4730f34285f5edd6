// Puts header, answer or grid, and figures together.
#include "answer_view.h"

#include "answer_grid.h"
#include "answer_text.h"
#include "device_step_bar.h"
#include "stats_line.h"
#include "token_inspector.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace inferlab {

AnswerView::AnswerView(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_gridButton(new QToolButton(this))
    , m_stack(new QStackedWidget(this))
    , m_emptyTitle(new QLabel(this))
    , m_emptyText(new QLabel(this))
    , m_empty(makeEmptyState())
    , m_text(new AnswerText(this))
    , m_grid(new AnswerGrid(this))
    , m_inspector(new TokenInspector(this))
    , m_stats(new StatsLine(this))
    , m_deviceSteps(new DeviceStepBar(this))
{
    setObjectName(QStringLiteral("answerView"));
    setFocusPolicy(
        Qt::StrongFocus); // of the empty state too, so that a run can take the focus there
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_text);
    m_stack->addWidget(m_grid);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_stack, 1);
    column->addWidget(m_inspector);
    column->addWidget(m_stats);
    column->addWidget(m_deviceSteps);

    connect(m_text, &AnswerText::tokenPointed, this,
            [this](int token) { emit tokenPointed(m_current, token); });
    connect(m_text, &AnswerText::tokenClicked, this,
            [this](int token) { emit tokenClicked(m_current, token); });
    connect(m_grid, &AnswerGrid::cardActivated, this, [this](int request) {
        setCurrent(request);
        showGrid(false);
    });
    connect(m_previous, &QToolButton::clicked, this, [this] { setCurrent(m_current - 1); });
    connect(m_next, &QToolButton::clicked, this, [this] { setCurrent(m_current + 1); });
    connect(m_gridButton, &QToolButton::toggled, this, [this] {
        refresh();
        m_grid->setCurrent(m_current);
    });
    followTheme();
    refresh();
}

void AnswerView::followTheme()
{
    const Theme theme = Theme::current();
    const int side = theme.px(space::kBetween);
    m_header->layout()->setContentsMargins(side, theme.px(space::kInside), side,
                                           theme.px(space::kStep));
    const QString tone = theme.dark ? QStringLiteral("dark") : QStringLiteral("light");
    m_previous->setIcon(QIcon(QStringLiteral(":/inferlab/icons/left-%1.svg").arg(tone)));
    m_next->setIcon(QIcon(QStringLiteral(":/inferlab/icons/right-%1.svg").arg(tone)));
    for (QToolButton *button : {m_previous, m_next})
        button->setIconSize(QSize(theme.px(space::kEdge), theme.px(space::kEdge)));
}

void AnswerView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        followTheme();
}

QWidget *AnswerView::makeHeader()
{
    m_header = new QWidget(this);
    QWidget *header = m_header;
    header->setObjectName(QStringLiteral("answerHeader"));
    m_title->setProperty("kind", QStringLiteral("title"));
    m_previous->setToolTip(tr("Previous answer"));
    m_previous->setAccessibleName(tr("Previous answer"));
    m_next->setToolTip(tr("Next answer"));
    m_next->setAccessibleName(tr("Next answer"));
    m_gridButton->setText(tr("Grid"));
    m_gridButton->setObjectName(QStringLiteral("gridButton"));
    m_gridButton->setToolTip(tr("All answers side by side"));
    m_gridButton->setCheckable(true);
    for (QToolButton *button : {m_previous, m_next, m_gridButton})
        button->setProperty("kind", QStringLiteral("quiet"));
    auto *row = new QHBoxLayout(header);
    row->setSpacing(4);
    row->addWidget(m_title);
    row->addSpacing(8);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    row->addWidget(m_gridButton);
    row->addStretch(1);
    return header;
}

QWidget *AnswerView::makeEmptyState()
{
    auto *page = new QWidget(this);
    page->setObjectName(QStringLiteral("answerEmpty"));
    m_emptyTitle->setProperty("kind", QStringLiteral("title"));
    m_emptyText->setProperty("kind", QStringLiteral("muted"));
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(32, 16, 32, 16);
    column->setSpacing(8);
    column->addStretch(2);
    for (QLabel *label : {m_emptyTitle, m_emptyText}) {
        label->setAlignment(Qt::AlignHCenter);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        column->addWidget(label);
    }
    column->addStretch(3);
    return page;
}

int AnswerView::count() const noexcept
{
    return m_run == nullptr ? 0 : static_cast<int>(m_run->requests.size());
}

void AnswerView::setRun(const RunRecord *run, bool live)
{
    m_run = run;
    m_live = live;
    if (m_current >= count())
        m_current = 0;
    m_deviceSteps->setRun(run, live);
    refresh();
}

void AnswerView::setEmptyText(const QString &title, const QString &text)
{
    m_noRunTitle = title;
    m_noRunText = text;
    refreshEmpty();
}

// Without a run: what the page says. With one: why there is no text.
void AnswerView::refreshEmpty()
{
    QString title = m_noRunTitle;
    QString text = m_noRunText;
    if (count() > 0) {
        title = tr("An empty answer");
        switch (m_run->requests[static_cast<size_t>(m_current)].endReason) {
        case EndReason::Stop:
            text = tr(
                "The model ended it at once. Another seed, or Chat instead of Raw text, may help");
            break;
        case EndReason::Cancelled:
            text = tr("It was stopped before its first token");
            break;
        default:
            text = tr("Its tokens have no text of their own");
        }
    }
    m_emptyTitle->setText(title);
    m_emptyText->setText(text);
}

void AnswerView::setTokenTints(bool on)
{
    m_text->setTokenTints(on);
}

void AnswerView::setSelectedToken(int request, int token)
{
    if (token >= 0 && request != m_current && request >= 0 && request < count())
        setCurrent(request);
    m_token = request == m_current ? token : -1;
    m_text->setSelectedToken(m_token);
    m_inspector->setToken(m_run, static_cast<size_t>(m_current), m_token);
}

void AnswerView::setCurrent(int request)
{
    if (request < 0 || request >= count() || request == m_current)
        return;
    m_current = request;
    m_token = -1;
    m_text->setRequest(nullptr);
    m_inspector->setToken(nullptr, 0, -1);
    refresh();
    emit currentChanged(request);
}

bool AnswerView::isGridShown() const
{
    return m_stack->currentWidget() == m_grid;
}

void AnswerView::showGrid(bool on)
{
    m_gridButton->setChecked(on);
}

void AnswerView::refresh()
{
    const bool many = count() > 1;
    const bool asGrid = many && m_gridButton->isChecked();
    const RequestRecord *request =
        count() > 0 ? &m_run->requests[static_cast<size_t>(m_current)] : nullptr;
    // Only what is in sight is brought up to date.
    m_grid->setRun(asGrid ? m_run : nullptr, m_live);
    if (!asGrid) {
        m_text->setRequest(request);
        m_text->setCursorShown(m_live && request != nullptr
                               && request->endReason == EndReason::Running);
    }
    const bool empty =
        request == nullptr || (request->endReason != EndReason::Running && request->text.empty());
    QWidget *front = m_text;
    if (asGrid)
        front = m_grid;
    else if (empty)
        front = m_empty;
    if (front == m_empty)
        refreshEmpty();
    if (m_stack->currentWidget() != front)
        m_stack->setCurrentWidget(front);
    m_stats->setRun(m_run, asGrid ? -1 : m_current, m_live);
    m_stats->setVisible(count() > 0);
    m_inspector->setVisible(count() > 0 && !asGrid);
    refreshHeader();
}

void AnswerView::refreshHeader()
{
    const bool many = count() > 1;
    const bool asGrid = isGridShown();
    const QString title = asGrid ? tr("%1 answers").arg(count())
        : many                   ? tr("Answer %1 of %2").arg(m_current + 1).arg(count())
                                 : tr("Answer");
    if (m_title->text() != title)
        m_title->setText(title);
    m_gridButton->setVisible(many);
    for (QToolButton *button : {m_previous, m_next})
        button->setVisible(many && !asGrid);
    m_previous->setEnabled(m_current > 0);
    m_next->setEnabled(m_current + 1 < count());
}

} // namespace inferlab
