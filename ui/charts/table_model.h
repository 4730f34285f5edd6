// A chart's table as a Qt model, and as CSV. Shown to people, the numbers of a column have the same
// decimals, and thousands apart; in CSV they are as they were computed.
#pragma once

#include "ui/charts/chart.h"

#include <QAbstractTableModel>

namespace inferlab {

class ChartTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    explicit ChartTableModel(QObject *parent = nullptr);
    void setTable(ChartTable table);
    const ChartTable &table() const noexcept { return m_table; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    QString shown(const QModelIndex &index) const;

    ChartTable m_table;
    std::vector<int> m_decimals; // of each column's numbers; -1: it has none
};

// RFC 4180: comma, CRLF, quotes doubled; numbers with a point. A header line first. Comment lines
// come before it and begin with "# ".
QString toCsv(const ChartTable &table, const QStringList &comments = {});

} // namespace inferlab
