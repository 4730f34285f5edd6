// What the page does. How it is put together: history_page_layout.cpp.
#include "history_page.h"

#include "app/history/history.h"
#include "history_details.h"
#include "history_model.h"
#include "history_words.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/kept_runs.h"

#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>
#include <QThread>
#include <algorithm>

namespace inferlab {

HistoryPage::~HistoryPage()
{
    if (m_importer != nullptr) {
        m_importer->requestInterruption();
        m_importer->wait();
    }
}

void HistoryPage::connectModel()
{
    connect(m_model, &HistoryModel::modelAboutToBeReset, this, &HistoryPage::remember);
    connect(m_model, &HistoryModel::answered, this, &HistoryPage::refresh);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &HistoryPage::refreshMarked);
    connect(m_search, &QLineEdit::textChanged, m_model, &HistoryModel::setSearch);
    connect(m_history, &History::failed, this, &HistoryPage::showError);
    connect(m_history, &History::noticed, this,
            [this](const QString &line) { m_bar->showNotice(line); });
    connect(m_bar, &ErrorBar::actionTriggered, this, &HistoryPage::undoDelete);
}

void HistoryPage::connectDetails()
{
    connect(m_details, &HistoryDetails::renamed, this,
            [this](int64_t id, const QString &name) { m_history->rename(id, name); });
    connect(m_details, &HistoryDetails::tagged, this,
            [this](int64_t id, const QStringList &tags) { m_history->setTags(id, tags); });
    connect(m_details, &HistoryDetails::noted, this,
            [this](int64_t id, const QString &note) { m_history->setNote(id, note); });
    connect(m_details, &HistoryDetails::experimentWanted, this,
            &HistoryPage::showExperimentOfMarked);
}

void HistoryPage::setSearch(const QString &text)
{
    m_search->setText(text);
}

std::vector<int64_t> HistoryPage::marked() const
{
    std::vector<int64_t> ids;
    if (m_model == nullptr)
        return ids;
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end(),
              [](const QModelIndex &a, const QModelIndex &b) { return a.row() < b.row(); });
    for (const QModelIndex &row : rows)
        ids.push_back(m_model->run(row.row()).id);
    return ids;
}

void HistoryPage::mark(const std::vector<int64_t> &ids)
{
    QItemSelection selection;
    for (const int64_t id : ids) {
        if (const int row = m_model->rowOf(id); row >= 0)
            selection.select(m_model->index(row, 0),
                             m_model->index(row, HistoryModel::ColumnCount - 1));
    }
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (!selection.isEmpty())
        m_table->selectionModel()->setCurrentIndex(selection.indexes().front(),
                                                   QItemSelectionModel::NoUpdate);
}

void HistoryPage::remember()
{
    m_remembered = marked();
}

void HistoryPage::refresh()
{
    if (!m_remembered.empty())
        mark(std::exchange(m_remembered, {}));
    if (!m_restored.empty() && m_model->rowOf(m_restored.front()) >= 0)
        mark(std::exchange(m_restored, {}));
    refreshMarked();
    const bool filtered = !m_search->text().trimmed().isEmpty();
    m_count->setText(filtered ? tr("%1 found").arg(historyWords::runs(m_model->total()))
                              : historyWords::runs(m_model->total()));
    const bool empty = m_model->isLoaded() && m_model->total() == 0;
    m_stack->setCurrentIndex(empty ? 1 : 0);
    m_emptyTitle->setText(filtered ? tr("No run matches") : tr("No runs yet"));
    m_emptyLine->setText(
        filtered ? tr("Every word must be in a run's name, tags, note, model, device or "
                      "prompt.")
                 : tr("Each run is kept here when it ends: with its tokens, settings "
                      "and machine.\nPress Run on the Run page to make the first."));
    m_clear->setVisible(filtered);
}

void HistoryPage::refreshMarked()
{
    std::vector<HistoryRun> runs;
    for (const int64_t id : marked())
        runs.push_back(m_model->run(m_model->rowOf(id)));
    const size_t count = runs.size();
    m_open->setEnabled(count >= 1);
    m_keep->setEnabled(count >= 1);
    m_compare->setEnabled(count >= 2);
    m_again->setEnabled(count == 1);
    m_delete->setEnabled(count >= 1);
    refreshExport();
    m_details->setRuns(std::move(runs));
}

void HistoryPage::withRecords(const std::function<void(const std::vector<RunRecordPtr> &)> &what)
{
    const std::vector<int64_t> ids = marked();
    if (ids.empty())
        return;
    m_history->open(ids, this, [what](const std::vector<HistoryRecordPtr> &records) {
        if (!records.empty())
            what(records);
    });
}

void HistoryPage::openMarked()
{
    withRecords([this](const std::vector<RunRecordPtr> &runs) { emit openRequested(runs); });
}

void HistoryPage::keepMarked()
{
    if (marked().size() > KeptRuns::kMaxRuns) {
        m_bar->showNotice(tr("%1 runs fit beside one another on a chart: mark fewer, or compare "
                             "them")
                              .arg(KeptRuns::kMaxRuns));
        return;
    }
    withRecords([this](const std::vector<RunRecordPtr> &runs) { emit keepRequested(runs); });
}

void HistoryPage::compareMarked()
{
    withRecords([this](const std::vector<RunRecordPtr> &runs) {
        if (runs.size() >= 2)
            emit compareRequested(runs);
    });
}

void HistoryPage::runMarkedAgain()
{
    if (marked().size() != 1)
        return;
    withRecords(
        [this](const std::vector<RunRecordPtr> &runs) { emit runAgainRequested(runs.front()); });
}

void HistoryPage::showExperimentOfMarked()
{
    const std::vector<int64_t> ids = marked();
    if (ids.size() != 1)
        return;
    const HistoryRun &run = m_model->run(m_model->rowOf(ids.front()));
    if (run.place)
        setSearch(experimentSearch(run.place->experiment));
    else
        m_bar->showNotice(tr("This run belongs to no experiment"));
}

void HistoryPage::deleteMarked()
{
    const std::vector<int64_t> ids = marked();
    if (ids.empty())
        return;
    const QString what = ids.size() == 1
        ? QStringLiteral("\"%1\"").arg(m_model->run(m_model->rowOf(ids.front())).name)
        : historyWords::runs(static_cast<int64_t>(ids.size()));
    // The list goes on where it was: the next run is marked, so that Delete can be pressed again.
    const int next = m_model->rowOf(ids.back()) + 1;
    if (next < m_model->rowCount())
        mark({m_model->run(next).id});
    else
        m_table->clearSelection();
    m_deleted = ids;
    m_history->remove(ids);
    m_bar->showNotice(tr("%1 deleted").arg(what), tr("Undo"));
}

void HistoryPage::undoDelete()
{
    if (m_deleted.empty())
        return;
    m_bar->dismiss();
    m_history->restore(m_deleted);
    m_restored = std::exchange(m_deleted, {});
}

void HistoryPage::showError(const QString &line)
{
    m_bar->showLine(line);
}

QString HistoryPage::emptyText() const
{
    return m_stack->currentIndex() == 1 ? m_emptyTitle->text() : QString();
}

// Esc: out of the nearest thing: the line on top, the filter, the marks.
void HistoryPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape)
        QWidget::keyPressEvent(event);
    else if (!m_bar->isHidden())
        m_bar->dismiss();
    else if (!m_search->text().isEmpty())
        m_search->clear();
    else if (!marked().empty())
        m_table->clearSelection();
    else
        QWidget::keyPressEvent(event);
}

// Typing while the list has the focus filters it; Down leads from the filter into the list.
bool HistoryPage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_search && key->key() == Qt::Key_Down) {
        m_table->setFocus();
        if (marked().empty() && m_table->model() != nullptr && m_model->rowCount() > 0)
            mark({m_model->run(0).id});
        return true;
    }
    if (watched != m_table)
        return QWidget::eventFilter(watched, event);
    const bool plain = (key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        openMarked();
        return true;
    }
    if (plain && key->text().size() == 1 && key->text().front().isPrint()
        && !key->text().front().isSpace()) {
        m_search->setFocus();
        m_search->setText(m_search->text() + key->text());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace inferlab
