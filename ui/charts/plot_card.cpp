// Layout and behaviour that all charts share.
#include "ui/charts/plot_card.h"

#include "ui/charts/table_dialog.h"
#include "ui/theme/theme_controller.h"

#include <QActionGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QMenu>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kRoomyWidth = 480, kRoomyHeight = 260; // from here on with axis titles and large type
constexpr int kTwoRowsHeight = 140;                  // below, the legend has one row

} // namespace

ChartCard *makeChartCard(const QString &id, QWidget *parent)
{
    return new PlotCard(makeChartSource(id), parent);
}

PlotCard::PlotCard(std::unique_ptr<ChartSource> source, QWidget *parent)
    : ChartCard(parent)
    , m_source(std::move(source))
{
    setObjectName(QStringLiteral("chart-") + m_source->id());
    setProperty("kind", "card");
    m_legend = new LegendBar;
    m_plotView = new PlotView;
    m_empty = new QLabel;
    m_empty->setObjectName(QStringLiteral("emptyState"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setProperty("kind", "muted");
    m_stack = new QStackedLayout;
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_plotView);
    auto *layout = new QVBoxLayout(this);
    makeHeader();
    layout->addWidget(m_legend);
    layout->addLayout(m_stack, 1);

    connect(m_legend, &LegendBar::hiddenChanged, this, &PlotCard::applyTheme);
    connect(m_plotView, &PlotView::pointed, this, &ChartCard::tokenPointed);
    connect(m_plotView, &PlotView::chosen, this, &PlotCard::choose);
    connect(m_plotView, &PlotView::enlargeRequested, this, &ChartCard::enlargeRequested);
    connect(m_plotView, &PlotView::readoutChanged, this, &PlotCard::updateWords);
    connect(m_plotView->plot(), &Plot::zoomChanged, m_followButton, &QWidget::setVisible);
    if (const ThemeController *controller = ThemeController::instance())
        connect(controller, &ThemeController::changed, this, &PlotCard::applyTheme);
    applyTheme();
    setData({});
}

PlotCard::~PlotCard() = default;

QToolButton *PlotCard::quietButton(const QString &icon, const QString &name)
{
    auto *button = new QToolButton;
    button->setProperty("kind", "quiet");
    button->setProperty("iconName", icon);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void PlotCard::makeHeader()
{
    m_title = new QLabel;
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_title->setMinimumWidth(60);
    m_viewButton = quietButton({}, QStringLiteral("What is along the axis"));
    m_viewButton->setPopupMode(QToolButton::InstantPopup);
    m_followButton =
        quietButton(QStringLiteral("follow"), QStringLiteral("Show everything again (0)"));
    m_followButton->setText(QStringLiteral("Follow"));
    m_followButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_followButton->hide();
    m_followButton->setObjectName(QStringLiteral("followButton"));
    m_enlargeButton =
        quietButton(QStringLiteral("enlarge"), QStringLiteral("Enlarge (double click)"));
    m_enlargeButton->setObjectName(QStringLiteral("enlargeButton"));
    m_menuButton = quietButton(QStringLiteral("menu"), QStringLiteral("More: table, export"));
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    connect(m_followButton, &QToolButton::clicked, this, [this] { follow(); });
    connect(m_enlargeButton, &QToolButton::clicked, this, &ChartCard::enlargeRequested);
    auto *header = new QHBoxLayout;
    header->setSpacing(2);
    header->addWidget(m_title, 1);
    for (QToolButton *button : {m_followButton, m_viewButton, m_enlargeButton, m_menuButton})
        header->addWidget(button);
    static_cast<QVBoxLayout *>(layout())->addLayout(header);
    fillMenus();
}

void PlotCard::fillMenus()
{
    auto *menu = new QMenu(m_menuButton);
    menu->addAction(QStringLiteral("Show the data as a table"), this, &PlotCard::showTable);
    menu->addAction(QStringLiteral("Export…"), this, &ChartCard::exportRequested);
    menu->addAction(QStringLiteral("Show everything"), this, [this] { follow(); });
    m_menuButton->setMenu(menu);
    const QStringList names = views();
    m_viewButton->setVisible(!names.isEmpty());
    if (names.isEmpty())
        return;
    auto *choices = new QMenu(m_viewButton);
    auto *group = new QActionGroup(choices);
    for (int i = 0; i < names.size(); ++i) {
        QAction *action = choices->addAction(names[i], this, [this, i] { setView(i); });
        action->setCheckable(true);
        action->setChecked(i == m_view);
        group->addAction(action);
    }
    m_viewButton->setMenu(choices);
    m_viewButton->setText(names[m_view]);
}

QString PlotCard::title() const
{
    return plotSpec().title;
}
ChartTable PlotCard::table() const
{
    return m_source->table(plotSpec());
}
QString PlotCard::description() const
{
    return plotSpec().description;
}
const PlotSpec &PlotCard::plotSpec() const
{
    return m_plotView->plot()->spec();
}
bool PlotCard::isZoomedIn() const
{
    return m_plotView->plot()->isZoomedIn();
}
void PlotCard::follow()
{
    m_plotView->plot()->follow();
}
void PlotCard::setSelectedToken(TokenRef token)
{
    m_plotView->plot()->setSelectedToken(token);
}

void PlotCard::setSelectedPoint(int point)
{
    m_plotView->plot()->setSelectedPoint(point);
}

// A mark that stands for a run of an experiment.
void PlotCard::choose(const PlotPosition &position, bool open)
{
    const PlotCurve &curve = plotSpec().series[position.series].curves[position.curve];
    if (position.point < curve.runs.size())
        emit pointChosen(curve.runs[position.point].point, open);
}

void PlotCard::setData(const ChartData &chartData)
{
    if (chartData.live && !isVisible())
        return;
    m_plotView->plot()->setSpec(m_source->plot(chartData, m_view));
    const PlotSpec &spec = plotSpec();
    m_legend->setEntries(spec.legend);
    m_legend->setVisible(!spec.legend.empty());
    m_stack->setCurrentIndex(spec.isEmpty() ? 0 : 1);
    // A card that passes its focus on to a hidden plot would stop the Tab key.
    setFocusProxy(spec.isEmpty() ? nullptr : m_plotView);
    updateWords();
}

void PlotCard::updateWords()
{
    const PlotSpec &spec = plotSpec();
    if (m_empty->text() != spec.emptyText)
        m_empty->setText(spec.emptyText);
    const QFontMetrics metrics(m_title->font());
    const QString title = metrics.elidedText(spec.title, Qt::ElideRight, m_title->width());
    if (m_title->text() != title)
        m_title->setText(title);
    m_title->setToolTip(title == spec.title ? QString() : spec.title);
    if (accessibleName() != spec.title) {
        setAccessibleName(spec.title);
        m_plotView->setAccessibleName(spec.title);
    }
    const std::optional<Readout> &readout = m_plotView->plot()->readout();
    const QString words = readout ? readout->spoken()
        : spec.isEmpty()          ? spec.emptyText
                                  : spec.description;
    if (m_plotView->accessibleDescription() != words)
        m_plotView->setAccessibleDescription(words);
    if (accessibleDescription() != spec.description)
        setAccessibleDescription(spec.description);
}

void PlotCard::setView(int index)
{
    if (index < 0 || index >= views().size() || index == m_view)
        return;
    m_view = index;
    m_viewButton->setText(views()[index]);
    m_viewButton->menu()->actions()[index]->setChecked(true);
    emit dataWanted();
}

void PlotCard::setEnlarged(bool enlarged)
{
    m_enlarged = enlarged;
    const QString name = enlarged ? QStringLiteral("Back among the others (double click)")
                                  : QStringLiteral("Enlarge (double click)");
    m_enlargeButton->setProperty("iconName", enlarged ? "shrink" : "enlarge");
    m_enlargeButton->setToolTip(name);
    m_enlargeButton->setAccessibleName(name);
    applyTheme();
}

void PlotCard::showTable()
{
    auto *dialog = new TableDialog(title(), table(), this);
    dialog->show();
}

void PlotCard::applyTheme()
{
    const Theme theme = Theme::current();
    PlotLook look;
    look.theme = theme;
    look.hidden = m_legend->hidden();
    m_plotView->plot()->setLook(look);
    const QString tone = theme.dark ? QStringLiteral("dark") : QStringLiteral("light");
    for (QToolButton *button : {m_followButton, m_enlargeButton, m_menuButton}) {
        button->setIcon(QIcon(QStringLiteral(":/inferlab/icons/%1-%2.svg")
                                  .arg(button->property("iconName").toString(), tone)));
        button->setIconSize(QSize(theme.px(14), theme.px(14)));
    }
    for (QToolButton *button : {m_followButton, m_viewButton})
        button->setFont(theme.font(TextSize::Small));
    const int step = theme.px(space::kStep);
    layout()->setContentsMargins(theme.px(space::kBetween), theme.px(6), theme.px(space::kInside),
                                 theme.px(6));
    layout()->setSpacing(step / 2);
    applySize();
}

void PlotCard::applySize()
{
    const Theme theme = Theme::current();
    const bool roomy = width() >= theme.px(kRoomyWidth) && height() >= theme.px(kRoomyHeight);
    m_title->setFont(theme.font(roomy ? TextSize::Title : TextSize::Body, QFont::DemiBold));
    m_plotView->plot()->setRoomy(roomy);
    m_legend->setMostRows(roomy ? 4 : height() >= theme.px(kTwoRowsHeight) ? 2 : 1);
    updateWords();
}

void PlotCard::changeEvent(QEvent *event)
{
    ChartCard::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange && m_title != nullptr)
        applyTheme();
}

void PlotCard::resizeEvent(QResizeEvent *event)
{
    ChartCard::resizeEvent(event);
    applySize();
}

void PlotCard::showEvent(QShowEvent *event)
{
    ChartCard::showEvent(event);
    emit dataWanted();
}

} // namespace inferlab
