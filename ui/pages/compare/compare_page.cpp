#include "compare_page.h"

#include "ui/charts/table_model.h"
#include "ui/pages/chart_board.h"
#include "ui/theme/theme.h"
#include "ui/widgets/kept_runs.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

namespace inferlab {

namespace {

constexpr double kRowHeight = 28;    // pixels at 100%
constexpr double kChartsWidth = 400; // at least

// Figures with words behind them and figures alone begin at one edge.
class LeftAligned : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->displayAlignment = Qt::AlignLeft | Qt::AlignVCenter;
    }
};

QLabel *title(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setProperty("kind", QStringLiteral("title"));
    return label;
}

QLabel *caption(QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setProperty("kind", QStringLiteral("caption"));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

// As high as its rows: the page scrolls, not the table.
void fitHeight(QTableView *view)
{
    view->resizeColumnsToContents();
    const int rows = view->model()->rowCount();
    const int header = view->horizontalHeader()->sizeHint().height();
    const int bar = view->horizontalHeader()->length() > view->viewport()->width()
        ? view->style()->pixelMetric(QStyle::PM_ScrollBarExtent)
        : 0;
    view->setFixedHeight(header + rows * view->verticalHeader()->defaultSectionSize() + bar
                         + 2 * view->frameWidth());
}

} // namespace

ComparePage::ComparePage(std::vector<ChartCard *> charts, QWidget *parent)
    : QWidget(parent)
    , m_settings(new ChartTableModel(this))
    , m_figures(new ChartTableModel(this))
    , m_settingsView(makeTable(m_settings, tr("Settings that differ")))
    , m_figuresView(makeTable(m_figures, tr("Figures side by side")))
    , m_baseline(new QComboBox(this))
    , m_same(caption(this))
    , m_note(caption(this))
    , m_shown(caption(this))
    , m_board(new ChartBoard(std::move(charts), this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("comparePage"));
    m_baseline->setAccessibleName(tr("Hold the others against"));
    m_baseline->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_baseline, &QComboBox::activated, this, &ComparePage::setBaseline);
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(makeTables());
    auto *right = new QWidget(split);
    auto *chartColumn = new QVBoxLayout(right);
    chartColumn->setContentsMargins(0, 0, 0, 0);
    chartColumn->addWidget(m_board, 1);
    chartColumn->addWidget(m_shown);
    right->setMinimumWidth(Theme::current().px(kChartsWidth));
    split->addWidget(right);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setChildrenCollapsible(false);
    m_stack->addWidget(makeEmpty());
    m_stack->addWidget(split);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::kEdge, space::kBetween, space::kEdge, space::kEdge);
    column->addWidget(m_stack);
}

ComparePage::~ComparePage() = default;

QTableView *ComparePage::makeTable(ChartTableModel *model, const QString &name)
{
    auto *view = new QTableView(this);
    view->setModel(model);
    view->setAccessibleName(name);
    view->setProperty("kind", QStringLiteral("list"));
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setSelectionMode(QAbstractItemView::NoSelection);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(Theme::current().px(kRowHeight));
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setStretchLastSection(true);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view->setItemDelegate(new LeftAligned(view));
    return view;
}

QWidget *ComparePage::makeTables()
{
    auto *inside = new QWidget(this);
    inside->setProperty("kind", QStringLiteral("page"));
    auto *against = new QLabel(tr("Hold the others against"), inside);
    against->setBuddy(m_baseline);
    auto *choice = new QHBoxLayout;
    choice->setSpacing(space::kInside);
    choice->addWidget(against);
    choice->addWidget(m_baseline);
    choice->addStretch(1);
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kInside);
    column->addLayout(choice);
    column->addSpacing(space::kStep);
    column->addWidget(title(tr("Figures"), inside));
    column->addWidget(m_figuresView);
    column->addWidget(m_note);
    column->addSpacing(space::kInside);
    column->addWidget(title(tr("What differs"), inside));
    column->addWidget(m_settingsView);
    column->addWidget(m_same);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(inside);
    return scroll;
}

QWidget *ComparePage::makeEmpty()
{
    auto *empty = new QFrame(this);
    empty->setProperty("kind", QStringLiteral("card"));
    auto *line = new QLabel(tr("Mark two runs or more in the history and press Compare: their "
                               "figures stand side by side, with what tells them apart."),
                            empty);
    line->setProperty("kind", QStringLiteral("muted"));
    line->setWordWrap(true);
    auto *go = new QPushButton(tr("Open the history"), empty);
    connect(go, &QPushButton::clicked, this, &ComparePage::historyRequested);
    auto *column = new QVBoxLayout(empty);
    column->setSpacing(space::kInside);
    column->addStretch(1);
    QLabel *heading = title(tr("Nothing to compare yet"), empty);
    for (QLabel *label : {heading, line}) {
        label->setAlignment(Qt::AlignCenter);
        column->addWidget(label);
    }
    column->addWidget(go, 0, Qt::AlignHCenter);
    column->addStretch(1);
    return empty;
}

void ComparePage::setRuns(const std::vector<RunRecordPtr> &runs)
{
    m_columns = compareColumns(runs);
    refresh();
}

void ComparePage::setBaseline(int column)
{
    if (column <= 0 || static_cast<size_t>(column) >= m_columns.size())
        return;
    std::rotate(m_columns.begin(), m_columns.begin() + column, m_columns.begin() + column + 1);
    refresh();
}

void ComparePage::refresh()
{
    if (m_columns.empty()) {
        m_stack->setCurrentIndex(0);
        return;
    }
    {
        const QSignalBlocker quiet(m_baseline);
        m_baseline->clear();
        for (const CompareColumn &column : m_columns)
            m_baseline->addItem(column.label);
    }
    m_settings->setTable(differingSettings(m_columns));
    m_figures->setTable(comparedFigures(m_columns));
    fitHeight(m_settingsView);
    fitHeight(m_figuresView);
    m_settingsView->setVisible(m_settings->rowCount() > 0);
    const QString same = commonSettings(m_columns);
    m_same->setText(m_settings->rowCount() > 0
                        ? tr("The same: %1").arg(same)
                        : tr("Nothing differs but chance. The same: %1").arg(same));
    m_note->setText(comparisonNote(m_columns));
    m_stack->setCurrentIndex(1);
    drawCharts();
}

void ComparePage::drawCharts()
{
    ChartData drawn;
    drawn.current = m_columns.front().runs.front().get();
    // The newest of the earlier ones is drawn strongest: the second column is to be that.
    const size_t shown = std::min(m_columns.size(), KeptRuns::kMaxRuns + 1);
    for (size_t i = shown; i-- > 1;) {
        auto named = std::make_shared<RunRecord>(*m_columns[i].runs.front());
        named->label = m_columns[i].label.toStdString();
        drawn.earlier.push_back(std::move(named));
    }
    m_shown->setVisible(shown < m_columns.size()
                        || std::any_of(m_columns.begin(), m_columns.end(),
                                       [](const auto &c) { return c.runs.size() > 1; }));
    m_shown->setText(shown < m_columns.size()
                         ? tr("Drawn: the first run of the first %1 columns").arg(shown)
                         : tr("Drawn: the first run of each column"));
    m_board->setData(drawn);
}

// Esc: an enlarged chart goes back among the others, wherever the focus is.
void ComparePage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !m_board->enlarged().isEmpty())
        m_board->enlarge({});
    else
        QWidget::keyPressEvent(event);
}

const ChartTable &ComparePage::settingsTable() const
{
    return m_settings->table();
}

const ChartTable &ComparePage::figuresTable() const
{
    return m_figures->table();
}

} // namespace inferlab
