// What is known of the runs that are marked in the list. Name, tags and note of one can be written
// into; tags can be given to several at once.
#pragma once

#include "app/history/history_run.h"

#include <QFrame>
#include <vector>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;

namespace inferlab {

class HistoryDetails : public QFrame
{
    Q_OBJECT

public:
    explicit HistoryDetails(QWidget *parent = nullptr);

    // What is being written is finished first.
    void setRuns(std::vector<HistoryRun> runs);
    const std::vector<HistoryRun> &runs() const noexcept { return m_runs; }
    void editName();
    void editTags();

    QLineEdit *nameField() const noexcept { return m_name; }
    QLineEdit *tagField() const noexcept { return m_tags; }
    QPlainTextEdit *noteField() const noexcept { return m_note; }
    QPushButton *experimentButton() const noexcept { return m_experiment; }

signals:
    void renamed(int64_t id, const QString &name);
    void tagged(int64_t id, const QStringList &tags);
    void noted(int64_t id, const QString &note);
    void experimentWanted(); // the other runs of the experiment that this one belongs to

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void finishName();
    void finishTags();
    void finishNote();
    void showFacts();

    std::vector<HistoryRun> m_runs;
    QLabel *m_title;
    QLineEdit *m_name;
    QLineEdit *m_tags;
    QPlainTextEdit *m_note;
    QPushButton *m_experiment;
    QScrollArea *m_facts;
};

} // namespace inferlab
