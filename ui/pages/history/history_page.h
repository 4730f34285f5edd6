// The history page: every run that was kept, to be found, named, looked at again, compared and run
// again. Reading and writing happen elsewhere; this page never waits.
#pragma once

#include "app/exchange/exchange.h"
#include "app/session/session_types.h"

#include <QWidget>
#include <functional>
#include <memory>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;
class QThread;

namespace inferlab {

class ErrorBar;
class History;
class HistoryDetails;
class HistoryModel;
class RunExport;

class HistoryPage : public QWidget
{
    Q_OBJECT

public:
    // history: null where none is kept, which the page says; else it must outlive the page.
    explicit HistoryPage(History *history, QWidget *parent = nullptr);
    ~HistoryPage() override;

    void setSearch(const QString &text);
    std::vector<int64_t> marked() const; // ids, in the shown order
    void mark(const std::vector<int64_t> &ids);

    HistoryModel *model() const noexcept { return m_model; } // null without a history
    QTableView *table() const noexcept { return m_table; }
    QLineEdit *searchField() const noexcept { return m_search; }
    HistoryDetails *details() const noexcept { return m_details; }
    ErrorBar *bar() const noexcept { return m_bar; }
    QPushButton *openButton() const noexcept { return m_open; }
    QPushButton *keepButton() const noexcept { return m_keep; }
    QPushButton *compareButton() const noexcept { return m_compare; }
    QPushButton *againButton() const noexcept { return m_again; }
    QPushButton *deleteButton() const noexcept { return m_delete; }
    QPushButton *exportButton() const noexcept { return m_export; }
    QPushButton *importButton() const noexcept { return m_import; }
    QString emptyText() const; // empty where runs are shown

public slots:
    void openMarked();
    void keepMarked();
    void compareMarked();
    void runMarkedAgain();
    void showExperimentOfMarked(); // its runs, by the filter; where one run is marked
    void deleteMarked();           // can be undone
    void undoDelete();
    void showError(const QString &line);
    // The marked runs into one file, in the background; the button says how far it is and stops it.
    // Says how many, or why not.
    void exportMarked(const QString &file, inferlab::ExchangeFormat format);
    // Our runs and vLLM's, in the background; each is on disk before it is listed. A file that
    // cannot be read is said, and the others go on.
    void importFiles(const QStringList &files);

signals:
    // Their records, read from disk; never empty.
    void openRequested(const std::vector<inferlab::RunRecordPtr> &runs); // the first is to be shown
    void keepRequested(const std::vector<inferlab::RunRecordPtr> &runs);
    void compareRequested(const std::vector<inferlab::RunRecordPtr> &runs); // two or more
    void runAgainRequested(const inferlab::RunRecordPtr &run);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeTop();
    QWidget *makeEmpty();
    void setUpTable();
    void connectDetails();
    void connectModel();
    void refresh();       // after an answer
    void refreshMarked(); // after another choice
    void remember();
    void chooseExport();
    void refreshExport();
    void endExport();
    void chooseImport();
    void withRecords(const std::function<void(const std::vector<RunRecordPtr> &)> &what);

    History *m_history;
    HistoryModel *m_model = nullptr;
    ErrorBar *m_bar;
    QLineEdit *m_search;
    QLabel *m_count;
    QPushButton *m_open, *m_keep, *m_compare, *m_again, *m_delete, *m_export, *m_import;
    QTableView *m_table;
    HistoryDetails *m_details;
    QStackedWidget *m_stack;
    QLabel *m_emptyTitle, *m_emptyLine;
    QPushButton *m_clear;
    std::unique_ptr<QThread> m_importer;
    RunExport *m_exporter = nullptr;   // while one goes on
    std::vector<int64_t> m_remembered; // marked before the rows were replaced
    std::vector<int64_t> m_deleted;    // the last that went into the bin
    std::vector<int64_t> m_restored;   // out of it again, and to be marked when they are listed
};

} // namespace inferlab
