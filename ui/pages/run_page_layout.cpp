// How the run page is put together, and how it makes room: three columns where it is wide, charts
// under the answer where it is not.
#include "run_page.h"

#include "app/session/session.h"
#include "chart_board.h"
#include "token_selection.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/kept_runs.h"
#include "ui/widgets/model_picker.h"
#include "ui/widgets/phase_bar.h"
#include "ui/widgets/widget_kind.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>
#include <utility>

namespace inferlab {

namespace {

// Pixels at 100%.
constexpr double kSidebarWidth = 304;
constexpr double kSidebarMinimum = 264;
constexpr double kAnswerMinimum = 320;
// Without the sidebar two columns need less.
constexpr int kWideWithoutSidebarAt = 800;

constexpr auto kOuterName = "outer";
constexpr auto kWideName = "wide";
constexpr auto kTallName = "tall";

} // namespace

RunPage::RunPage(Session &session, Settings &settings, std::vector<ChartCard *> charts,
                 QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_settings(settings)
    , m_selection(new TokenSelection(this))
    , m_controls(new ControlPanel(this))
    , m_phase(new PhaseBar(this))
    , m_error(new ErrorBar(this))
    , m_answers(new AnswerView(this))
    , m_board(new ChartBoard(std::move(charts), this))
    , m_kept(new KeptRuns(this))
    , m_keep(new QPushButton(tr("Keep this run"), this))
    , m_export(new QPushButton(tr("Export"), this))
    , m_chartMenu(new QPushButton(tr("Charts"), this))
    , m_outer(new QSplitter(Qt::Horizontal, this))
    , m_inner(new QSplitter(Qt::Horizontal, this))
{
    setObjectName(QStringLiteral("runPage"));
    m_inner->addWidget(makeMiddle());
    m_inner->addWidget(makeCharts());
    m_inner->setChildrenCollapsible(false);
    m_outer->addWidget(m_controls);
    m_outer->addWidget(m_inner);
    m_outer->setStretchFactor(0, 0);
    m_outer->setStretchFactor(1, 1);
    m_outer->setChildrenCollapsible(false);
    auto *page = new QHBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_outer);
    connectSession();
    connectSelection();
    connectKeptRuns();
    connect(m_controls, &ControlPanel::runRequested, this, &RunPage::run);
    connect(m_controls, &ControlPanel::kneeRequested, this, &RunPage::findKnee);
    connect(m_controls, &ControlPanel::modelChoiceChanged, this, &RunPage::loadChoice);
    connect(m_phase, &PhaseBar::stopRequested, this, &RunPage::stop);
    connect(&m_settings, &Settings::changed, this, &RunPage::applySettings);
    if (auto *theme = ThemeController::instance())
        connect(theme, &ThemeController::changed, this, &RunPage::arrange);
    // As one reads: the answer, what to do with it, then the charts.
    setTabOrder(m_keep, m_chartMenu);
    setTabOrder(m_chartMenu, m_export);
    applySettings();
    restoreLayout();
    showRecord(nullptr, nullptr);
    m_phase->setStatus(m_session.status(), false);
    refreshEmptyState();
}

QWidget *RunPage::makeMiddle()
{
    auto *column = new QWidget(this);
    auto *card = new QFrame(column);
    card->setProperty("kind", QStringLiteral("card"));
    auto *inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 1, 1, 1); // the border
    inside->setSpacing(0);
    inside->addWidget(m_answers, 1);
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, space::kBetween, 0, space::kEdge);
    layout->setSpacing(space::kInside);
    layout->addWidget(m_phase);
    layout->addWidget(m_error);
    layout->addWidget(card, 1);
    connect(m_error, &ErrorBar::actionTriggered, this, [this] {
        if (const auto action = std::exchange(m_errorAction, nullptr))
            action();
    });
    return column;
}

QWidget *RunPage::makeCharts()
{
    auto *column = new QWidget(this);
    m_keep->setObjectName(QStringLiteral("keepButton"));
    m_keep->setToolTip(tr("Keep this run on the charts, to compare others with it"));
    m_export->setObjectName(QStringLiteral("exportButton"));
    m_chartMenu->setProperty("kind", QStringLiteral("picker"));
    m_chartMenu->setToolTip(tr("Show, hide, move or enlarge charts"));
    auto *menu = new QMenu(m_chartMenu);
    popUpBelow(m_chartMenu, menu);
    connect(menu, &QMenu::aboutToShow, m_board, [this, menu] { m_board->fillMenu(menu); });
    connect(m_keep, &QPushButton::clicked, this, &RunPage::keepRun);
    connect(m_export, &QPushButton::clicked, this, &RunPage::exportRequested);

    auto *row = new QHBoxLayout;
    row->setSpacing(space::kInside);
    row->addWidget(m_keep);
    row->addStretch(1);
    row->addWidget(m_chartMenu);
    row->addWidget(m_export);
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, space::kBetween, space::kEdge, space::kEdge);
    layout->setSpacing(space::kInside);
    layout->addLayout(row);
    layout->addWidget(m_kept);
    layout->addWidget(m_board, 1);
    return column;
}

void RunPage::connectSelection()
{
    connect(m_answers, &AnswerView::tokenPointed, this, [this](int request, int token) {
        m_selection->point(token >= 0 ? TokenRef {request, token} : TokenRef {});
    });
    connect(m_answers, &AnswerView::tokenClicked, this, [this](int request, int token) {
        m_selection->pin(token >= 0 ? TokenRef {request, token} : TokenRef {});
    });
    connect(m_board, &ChartBoard::tokenPointed, m_selection, &TokenSelection::point);
    connect(m_selection, &TokenSelection::changed, this, [this](TokenRef token) {
        refreshSelection();
        m_board->setSelectedToken(token);
    });
}

void RunPage::connectKeptRuns()
{
    connect(m_kept, &KeptRuns::changed, this, &RunPage::refreshCharts);
    connect(m_kept, &KeptRuns::removed, this, [this](const QString &label) {
        m_error->showNotice(tr("%1 is off the charts").arg(label), tr("Undo"));
        m_errorAction = [this] { m_kept->undoRemove(); };
    });
    connect(m_kept, &KeptRuns::showRequested, this, [this](const RunRecordPtr &run) {
        if (m_runPending)
            return;
        m_selection->clear();
        showRecord(run.get(), run);
    });
    connect(m_board, &ChartBoard::arrangementChanged, this, [this] {
        m_settings.setChartOrder(m_board->order());
        m_settings.setHiddenCharts(m_board->hiddenCharts());
    });
}

void RunPage::applySettings()
{
    m_answers->setTokenTints(m_settings.tokenTints());
    m_board->setFramesPerSecond(m_settings.chartFramesPerSecond());
    m_controls->modelPicker()->setRecent(m_settings.recentModels());
}

// Called once the settings are loaded, and when nothing is remembered.
void RunPage::restoreLayout()
{
    m_board->setOrder(m_settings.chartOrder());
    m_board->setHidden(m_settings.hiddenCharts());
    m_outer->restoreState(m_settings.splitterState(QLatin1String(kOuterName)));
    m_arranged = false;
    arrange();
}

void RunPage::saveLayout()
{
    if (!m_arranged) // never seen
        return;
    m_settings.setSplitterState(QLatin1String(kOuterName), m_outer->saveState());
    m_settings.setSplitterState(QLatin1String(m_wide ? kWideName : kTallName),
                                m_inner->saveState());
}

void RunPage::restoreSwitches(bool sameInAnyBatch)
{
    RunSettings usual = m_usual.value_or(m_controls->switchSettings());
    usual.batchInvariant = sameInAnyBatch;
    m_controls->setSwitches(m_settings.runSettings(usual));
    m_usual = std::move(usual);
}

void RunPage::saveSwitches()
{
    if (m_usual) // else nobody saw them
        m_settings.setRunSettings(m_controls->switchSettings(), *m_usual);
}

void RunPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void RunPage::arrange()
{
    const Theme theme = Theme::current();
    m_controls->setMinimumWidth(theme.px(kSidebarMinimum));
    m_answers->setMinimumWidth(theme.px(kAnswerMinimum));
    const int wideAt = theme.px(isSidebarShown() ? kWideAt : kWideWithoutSidebarAt);
    const bool wide = width() >= wideAt;
    if (m_arranged && wide == m_wide)
        return;
    if (m_arranged)
        m_settings.setSplitterState(QLatin1String(m_wide ? kWideName : kTallName),
                                    m_inner->saveState());
    m_wide = wide;
    m_inner->setOrientation(wide ? Qt::Horizontal : Qt::Vertical);
    m_inner->widget(1)->layout()->setContentsMargins(0, wide ? space::kBetween : 0, space::kEdge,
                                                     space::kEdge);
    m_inner->widget(0)->layout()->setContentsMargins(0, space::kBetween, wide ? 0 : space::kEdge,
                                                     wide ? space::kEdge : 0);
    const QByteArray saved = m_settings.splitterState(QLatin1String(wide ? kWideName : kTallName));
    if (!m_inner->restoreState(saved)) {
        m_inner->setStretchFactor(0, 11);
        m_inner->setStretchFactor(1, 10);
        const int room = wide ? width() - theme.px(kSidebarWidth) : height();
        m_inner->setSizes({room * 11 / 21, room * 10 / 21});
    }
    if (!m_arranged)
        m_outer->setSizes({theme.px(kSidebarWidth), width() - theme.px(kSidebarWidth)});
    m_arranged =
        width() > kWideWithoutSidebarAt / 2; // before the first layout there is no width yet
}

void RunPage::setSidebarShown(bool shown)
{
    m_controls->setVisible(shown);
    m_outer->widget(1)->setContentsMargins(shown ? 0 : space::kEdge, 0, 0, 0);
    arrange();
}

bool RunPage::isSidebarShown() const
{
    return !m_controls->isHidden();
}

} // namespace inferlab
