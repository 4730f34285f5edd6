// The results of an experiment in a list, the newest first, and a button for a folder from
// elsewhere.
#pragma once

#include "result_model.h"

#include <QWidget>
#include <vector>

class QComboBox;
class QPushButton;

namespace inferlab {

class ResultChooser : public QWidget
{
    Q_OBJECT

public:
    explicit ResultChooser(QWidget *parent = nullptr);

    // The one in folder `shown` is chosen; without it `placeholder` stands there. Emits nothing.
    void setResults(std::vector<ResultSummary> results, const QString &shown,
                    const QString &placeholder);
    const std::vector<ResultSummary> &results() const noexcept { return m_results; }
    const ResultSummary *find(const QString &folder) const; // null: not in the list

    QComboBox *box() const noexcept { return m_box; }
    QPushButton *openButton() const noexcept { return m_open; }

    QSize sizeHint() const override; // wide enough for most names; it may be narrower

signals:
    void chosen(const QString &folder); // by a person
    void openWanted();

private:
    std::vector<ResultSummary> m_results;
    QComboBox *m_box;
    QPushButton *m_open;
};

} // namespace inferlab
