// How the experiments page is put together; what it does is in experiment_page.cpp.
#include "experiment_page.h"

#include "advice_panel.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/progress_words.h"
#include "comparison_import.h"
#include "experiment_exporter.h"
#include "outlook_reader.h"
#include "preset_delegate.h"
#include "result_chooser.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/pages/chart_board.h"
#include "ui/theme/theme.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/error_bar.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace inferlab {

namespace {

constexpr double kLeftWidth = 280; // pixels at 100%

std::vector<ChartCard *> makeCards()
{
    std::vector<ChartCard *> cards;
    for (const QString &id : experimentChartIds())
        cards.push_back(makeExperimentCard(id));
    return cards;
}

QLabel *makeLabel(QWidget *parent, const char *name, const char *kind)
{
    auto *label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setProperty("kind", QLatin1String(kind));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

ExperimentPage::ExperimentPage(Session &session, std::function<ModelChoice()> model,
                               QString resultsFolder, std::filesystem::path calibrations,
                               QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(std::move(model))
    , m_resultsFolder(std::move(resultsFolder))
    , m_calibrations(std::move(calibrations))
    , m_outlookReader(new OutlookReader(m_calibrations, this))
    , m_exporter(new ExperimentExporter(this))
    , m_error(new ErrorBar(this))
    , m_presets(new QListWidget(this))
    , m_name(makeLabel(this, "experimentName", "title"))
    , m_question(makeLabel(this, "experimentQuestion", ""))
    , m_plan(makeLabel(this, "experimentPlan", "muted"))
    , m_machine(makeLabel(this, "experimentMachine", "muted"))
    , m_activity(makeLabel(this, "experimentActivity", "muted"))
    , m_findings(makeLabel(this, "experimentFindings", ""))
    , m_bar(new QProgressBar(this))
    , m_goOn(new QPushButton(tr("Go on"), this))
    , m_start(new QPushButton(tr("Start"), this))
    , m_pause(new QPushButton(tr("Pause"), this))
    , m_skip(new QPushButton(tr("Skip point"), this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_edit(new QPushButton(tr("Edit plan…"), this))
    , m_open(new QPushButton(tr("Open plan…"), this))
    , m_save(new QPushButton(tr("Save plan…"), this))
    , m_export(new QPushButton(tr("Export all…"), this))
    , m_comparison(new ComparisonImport(this))
    , m_tabs(new QTabWidget(this))
    , m_advice(new AdvicePanel(this))
    , m_board(new ChartBoard(makeCards(), this))
    , m_table(new QTableWidget(this))
    , m_results(new ResultChooser(this))
{
    auto *columns = new QHBoxLayout(this);
    columns->setContentsMargins(16, 12, 16, 12);
    columns->setSpacing(16);
    columns->addWidget(makeLeft());
    auto *right = new QVBoxLayout;
    right->setSpacing(8);
    right->addWidget(m_error);
    right->addWidget(makeHead());
    right->addWidget(makeButtons());
    right->addWidget(makeResults(), 1);
    columns->addLayout(right, 1);
    m_error->hide();
    fillPresets();
    connectSession();
    connectResults();
    connectExport();
    if (const auto *theme = ThemeController::instance())
        connect(theme, &ThemeController::changed, this, &ExperimentPage::followTheme);
    connect(m_presets, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0)
            choosePreset(m_presets->item(row)->data(Qt::UserRole).toString());
    });
    connect(m_presets, &QListWidget::itemActivated, this, &ExperimentPage::startOrGoOn); // Enter
    connect(m_goOn, &QPushButton::clicked, this, &ExperimentPage::goOn);
    connect(m_start, &QPushButton::clicked, this, &ExperimentPage::start);
    connect(m_pause, &QPushButton::clicked, this, &ExperimentPage::togglePause);
    connect(m_skip, &QPushButton::clicked, this, &ExperimentPage::skipPoint);
    connect(m_stop, &QPushButton::clicked, this, &ExperimentPage::stop);
    connect(m_edit, &QPushButton::clicked, this, &ExperimentPage::editPlan);
    connect(m_open, &QPushButton::clicked, this, &ExperimentPage::chooseOpen);
    connect(m_save, &QPushButton::clicked, this, &ExperimentPage::chooseSave);
    connect(m_results, &ResultChooser::chosen, this, &ExperimentPage::readFolder);
    connect(m_results, &ResultChooser::openWanted, this, &ExperimentPage::chooseResults);
    connect(m_export, &QPushButton::clicked, this, &ExperimentPage::exportOrStop);
    choosePreset(QStringLiteral("course-notebook-small"));
}

QWidget *ExperimentPage::makeLeft()
{
    m_left = new QWidget(this);
    auto *column = new QVBoxLayout(m_left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_presets->setObjectName(QStringLiteral("experimentPresets"));
    m_presets->setAccessibleName(tr("Experiments"));
    m_presets->setItemDelegate(new PresetDelegate(m_presets));
    m_presets->setResizeMode(QListView::Adjust); // questions wrap anew at another width
    m_presets->setMouseTracking(true);
    m_presets->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_presets->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(m_presets, 1);
    m_edit->setToolTip(
        tr("Another experiment from this one: what varies, what is held, how often"));
    column->addWidget(m_edit);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_open);
    buttons->addWidget(m_save);
    column->addLayout(buttons);
    column->addWidget(m_comparison->button());
    followTheme();
    return m_left;
}

// On a projector what was measured is wanted, not the list.
void ExperimentPage::followTheme()
{
    const Theme theme = Theme::current();
    m_left->setFixedWidth(theme.px(kLeftWidth));
    m_left->setVisible(!theme.presenting);
}

QWidget *ExperimentPage::makeHead()
{
    auto *head = new QWidget(this);
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_name);
    column->addWidget(m_question);
    column->addWidget(m_plan);
    column->addWidget(m_machine);
    return head;
}

QWidget *ExperimentPage::makeButtons()
{
    auto *strip = new QWidget(this);
    auto *row = new QHBoxLayout(strip);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_goOn->setProperty("kind", QStringLiteral("primary"));
    m_goOn->setToolTip(tr("Measures what is missing in the result that is shown; points that were "
                          "skipped or failed are taken up again"));
    m_pause->setToolTip(tr("The run in progress is given up and made again after the pause"));
    m_skip->setToolTip(tr("Leaves this point out; \"Go on\" takes it up again later"));
    m_stop->setToolTip(tr("Keeps what was measured; \"Go on\" measures the rest"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_bar->setFixedWidth(160);
    for (QPushButton *button : {m_goOn, m_start, m_pause, m_skip, m_stop})
        row->addWidget(button);
    row->addWidget(m_bar);
    row->addWidget(m_activity, 1);
    row->addWidget(m_export);
    return strip;
}

QWidget *ExperimentPage::makeResults()
{
    m_table->setObjectName(QStringLiteral("experimentTable"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setToolTip(tr("Enter or a double click opens the runs of a point"));
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    auto *scroll = new QScrollArea(this);
    m_findings->setMargin(12);
    m_findings->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_findings->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    scroll->setWidget(m_findings);
    scroll->setWidgetResizable(true);
    m_tabs->setDocumentMode(true);
    m_tabs->setCornerWidget(m_results);
    m_tabs->addTab(m_board, tr("Charts"));
    m_tabs->addTab(m_table, tr("Table"));
    m_tabs->addTab(m_advice, tr("Advice"));
    m_tabs->addTab(scroll, tr("Findings"));
    return m_tabs;
}

void ExperimentPage::fillPresets()
{
    for (const Experiment &preset : experimentPresets()) {
        const QString name = QString::fromStdString(preset.name);
        const QString question = QString::fromStdString(preset.question);
        auto *item = new QListWidgetItem(name, m_presets);
        item->setData(PresetDelegate::NameRole, name);
        item->setData(PresetDelegate::QuestionRole, question);
    }
    showDurations();
}

// What is predicted for this machine and model, else what others took.
void ExperimentPage::showDurations()
{
    for (int row = 0; row < m_presets->count(); ++row) {
        const Experiment &preset = experimentPresets()[static_cast<size_t>(row)];
        const std::optional<double> predicted = predictedPreset(row);
        const bool isPredicted = predicted.has_value();
        const QString duration =
            QString::fromStdString(roughDurationText(predicted.value_or(preset.expectedSeconds)));
        QListWidgetItem *item = m_presets->item(row);
        item->setData(PresetDelegate::DurationRole,
                      isPredicted ? QStringLiteral("~") + duration : duration);
        item->setToolTip(isPredicted
                             ? tr("About %1 with this model and device, as predicted").arg(duration)
                             : tr("About %1 on two cores with the default model").arg(duration));
        item->setData(
            Qt::AccessibleTextRole,
            QStringLiteral("%1, %2: %3")
                .arg(item->text(), duration, item->data(PresetDelegate::QuestionRole).toString()));
    }
}

} // namespace inferlab
