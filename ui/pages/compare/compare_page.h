// The compare page: runs side by side, with what tells them apart, their figures and verdicts, and
// their charts over one another.
#pragma once

#include "compare_tables.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QStackedWidget;
class QTableView;

namespace inferlab {

class ChartBoard;
class ChartTableModel;

class ComparePage : public QWidget
{
    Q_OBJECT

public:
    // Takes the charts over.
    explicit ComparePage(std::vector<ChartCard *> charts, QWidget *parent = nullptr);
    ~ComparePage() override;

    // Two runs or more; the first is what the others are held against.
    void setRuns(const std::vector<RunRecordPtr> &runs);
    const std::vector<CompareColumn> &columns() const noexcept { return m_columns; }

    ChartBoard *board() const noexcept { return m_board; }
    QComboBox *baselineChoice() const noexcept { return m_baseline; }
    const ChartTable &settingsTable() const;
    const ChartTable &figuresTable() const;

public slots:
    void setBaseline(int column); // comes first

signals:
    void historyRequested(); // from the empty page: runs are chosen there

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeTables();
    QWidget *makeEmpty();
    QTableView *makeTable(ChartTableModel *model, const QString &name);
    void refresh();
    void drawCharts();

    std::vector<CompareColumn> m_columns;
    ChartTableModel *m_settings;
    ChartTableModel *m_figures;
    QTableView *m_settingsView;
    QTableView *m_figuresView;
    QComboBox *m_baseline;
    QLabel *m_same, *m_note, *m_shown;
    ChartBoard *m_board;
    QStackedWidget *m_stack;
};

} // namespace inferlab
