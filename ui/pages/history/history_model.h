// The runs of the history as a table, a page at a time: the next is asked for when the view reaches
// the end of the last. Answers come later, on this thread; those to an earlier question are
// dropped.
#pragma once

#include "app/history/history_query.h"
#include "app/history/history_run.h"

#include <QAbstractTableModel>
#include <vector>

namespace inferlab {

class History;

class HistoryModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Began,
        Name,
        ModelName,
        Device,
        Batch,
        KvCache,
        Ttft,
        Itl,
        TokPerSecond,
        Tags,
        ColumnCount
    };
    static constexpr int64_t kPage = 500; // rows: some screens full

    // The history must outlive the model. Asks for the newest runs.
    explicit HistoryModel(History &history, QObject *parent = nullptr);

    void setSearch(const QString &search);
    const HistoryQuery &query() const noexcept { return m_query; }
    int64_t total() const noexcept { return m_total; }  // that match, shown or not yet
    bool isLoaded() const noexcept { return m_loaded; } // the first answer came
    const HistoryRun &run(int row) const { return m_runs[static_cast<size_t>(row)]; }
    int rowOf(int64_t id) const; // -1: not among those loaded

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    void sort(int column, Qt::SortOrder order) override; // tags have none

public slots:
    void refresh(); // as many rows as are loaded

signals:
    void answered(); // rows or total are those of the last question

private:
    void ask(int64_t offset, int64_t limit);
    void take(HistoryRows page, int64_t offset);
    void replace(std::vector<HistoryRun> runs);

    History &m_history;
    HistoryQuery m_query;
    std::vector<HistoryRun> m_runs;
    int64_t m_total = 0;
    int m_question = 0; // counts up with each one that makes earlier answers worthless
    bool m_fetching = false;
    bool m_loaded = false;
};

} // namespace inferlab
