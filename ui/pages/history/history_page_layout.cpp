// How the history page is put together: what to look for on top, the runs, and beside them what is
// known of those that are marked.
#include "app/history/history.h"
#include "history_details.h"
#include "history_model.h"
#include "history_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QThread>
#include <QVBoxLayout>

namespace inferlab {

namespace {

// Pixels at 100%.
constexpr double kDetailsWidth = 300;
constexpr double kRowHeight = 28;
constexpr double kWidths[HistoryModel::ColumnCount] = {136, 160, 132, 60, 56, 76, 104, 96, 92, 56};

} // namespace

HistoryPage::HistoryPage(History *history, QWidget *parent)
    : QWidget(parent)
    , m_history(history)
    , m_bar(new ErrorBar(this))
    , m_search(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_open(new QPushButton(tr("Open"), this))
    , m_keep(new QPushButton(tr("Keep on charts"), this))
    , m_compare(new QPushButton(tr("Compare"), this))
    , m_again(new QPushButton(tr("Run again"), this))
    , m_delete(new QPushButton(tr("Delete"), this))
    , m_export(new QPushButton(tr("Export…"), this))
    , m_import(new QPushButton(tr("Import…"), this))
    , m_table(new QTableView(this))
    , m_details(new HistoryDetails(this))
    , m_stack(new QStackedWidget(this))
    , m_emptyTitle(new QLabel(this))
    , m_emptyLine(new QLabel(this))
    , m_clear(new QPushButton(tr("Clear the filter"), this))
{
    setObjectName(QStringLiteral("historyPage"));
    m_stack->addWidget(m_table);
    m_stack->addWidget(makeEmpty());
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(m_stack);
    split->addWidget(m_details);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 0);
    split->setChildrenCollapsible(false);
    m_details->setMinimumWidth(Theme::current().px(kDetailsWidth));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::kEdge, space::kBetween, space::kEdge, space::kEdge);
    column->setSpacing(space::kInside);
    column->addWidget(makeTop());
    column->addWidget(m_bar);
    column->addWidget(split, 1);
    if (m_history == nullptr) {
        m_emptyTitle->setText(tr("No history is kept"));
        m_emptyLine->setText(tr("This window was started with --history off."));
        m_clear->hide();
        m_stack->setCurrentIndex(1);
        for (QWidget *widget : std::initializer_list<QWidget *> {
                 m_search, m_open, m_keep, m_compare, m_again, m_delete, m_export, m_import})
            widget->setEnabled(false);
        return;
    }
    m_model = new HistoryModel(*m_history, this);
    setUpTable();
    connectModel();
    connectDetails();
    refreshMarked();
}

QWidget *HistoryPage::makeTop()
{
    auto *top = new QWidget(this);
    m_search->setObjectName(QStringLiteral("historySearch"));
    m_search->setPlaceholderText(
        tr("Filter: words, batch:8, cache:off, tag:lecture, experiment:batch"));
    m_search->setAccessibleName(tr("Filter runs"));
    m_search->setToolTip(tr("Every word must be found. In one column: batch:8, threads:2, "
                            "device:cpu, cache:off, cache:q8_0, model:smol, tag:lecture, "
                            "experiment:batch.\nWords within \"quotes\" are one: tag:\"lecture "
                            "3\""));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_count->setProperty("kind", QStringLiteral("muted"));
    m_open->setToolTip(tr("Show on the Run page: answer, tokens, charts (Enter)"));
    m_keep->setToolTip(tr("Draw beside the run that is shown, on the charts of the Run page"));
    m_compare->setToolTip(tr("Mark two runs or more (Ctrl+click), then put them side by side"));
    m_again->setToolTip(tr("Run with the same settings and prompt"));
    m_delete->setToolTip(tr("Delete the marked runs; can be undone (Del)"));
    m_export->setToolTip(tr("The marked runs as a file, for this program, AIPerf's or vLLM's "
                            "readers, or the course notebook"));
    m_import->setToolTip(tr("Add runs from files of this program or of vLLM"));
    connect(m_open, &QPushButton::clicked, this, &HistoryPage::openMarked);
    connect(m_keep, &QPushButton::clicked, this, &HistoryPage::keepMarked);
    connect(m_compare, &QPushButton::clicked, this, &HistoryPage::compareMarked);
    connect(m_again, &QPushButton::clicked, this, &HistoryPage::runMarkedAgain);
    connect(m_delete, &QPushButton::clicked, this, &HistoryPage::deleteMarked);
    connect(m_export, &QPushButton::clicked, this, &HistoryPage::chooseExport);
    connect(m_import, &QPushButton::clicked, this, &HistoryPage::chooseImport);
    auto *row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kInside);
    row->addWidget(m_search, 1);
    row->addWidget(m_count);
    row->addSpacing(space::kInside);
    for (QPushButton *button : {m_open, m_keep, m_compare, m_again, m_delete, m_export, m_import})
        row->addWidget(button);
    return top;
}

QWidget *HistoryPage::makeEmpty()
{
    auto *empty = new QFrame(this);
    empty->setProperty("kind", QStringLiteral("card"));
    m_emptyTitle->setProperty("kind", QStringLiteral("title"));
    m_emptyLine->setProperty("kind", QStringLiteral("muted"));
    for (QLabel *label : {m_emptyTitle, m_emptyLine}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
    }
    connect(m_clear, &QPushButton::clicked, m_search, &QLineEdit::clear);
    auto *column = new QVBoxLayout(empty);
    column->setSpacing(space::kInside);
    column->addStretch(1);
    column->addWidget(m_emptyTitle);
    column->addWidget(m_emptyLine);
    column->addWidget(m_clear, 0, Qt::AlignHCenter);
    column->addStretch(1);
    return empty;
}

void HistoryPage::setUpTable()
{
    const Theme theme = Theme::current();
    m_table->setModel(m_model);
    m_table->setProperty("kind", QStringLiteral("list"));
    m_table->setAccessibleName(tr("Runs"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(theme.px(kRowHeight));
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    for (int column = 0; column < HistoryModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, theme.px(kWidths[column]));
    for (const int column : {HistoryModel::Name, HistoryModel::ModelName})
        header->setSectionResizeMode(column, QHeaderView::Stretch);
    header->setMinimumSectionSize(theme.px(48));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(HistoryModel::Began, Qt::DescendingOrder);
    connect(header, &QHeaderView::sortIndicatorChanged, this, [header](int column) {
        if (column == HistoryModel::Tags) // there is no order of tags
            header->setSortIndicator(HistoryModel::Began, Qt::DescendingOrder);
    });
    m_table->installEventFilter(this);
    connect(m_table, &QTableView::doubleClicked, this, &HistoryPage::openMarked);

    const auto addKey = [this](const QString &text, const QKeySequence &key, auto &&what) {
        auto *action = new QAction(text, m_table);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, what);
        m_table->addAction(action);
    };
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    addKey(tr("Open"), {}, [this] { openMarked(); });
    addKey(tr("Keep on charts"), {}, [this] { keepMarked(); });
    addKey(tr("Compare"), {}, [this] { compareMarked(); });
    addKey(tr("Run again"), {}, [this] { runMarkedAgain(); });
    addKey(tr("Runs of this experiment"), {}, [this] { showExperimentOfMarked(); });
    addKey(tr("Rename"), QKeySequence(Qt::Key_F2), [this] { m_details->editName(); });
    addKey(tr("Tags"), {}, [this] { m_details->editTags(); });
    addKey(tr("Delete"), QKeySequence(Qt::Key_Delete), [this] { deleteMarked(); });
    addKey(tr("Undo delete"), QKeySequence::Undo, [this] { undoDelete(); });
}

} // namespace inferlab
