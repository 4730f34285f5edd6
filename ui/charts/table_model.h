// A chart's table as a Qt model, and as CSV.
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
    ChartTable m_table;
};

// RFC 4180: comma, CRLF, quotes doubled; numbers with a point. A header line first. Comment lines
// come before it and begin with "# ".
QString toCsv(const ChartTable &table, const QStringList &comments = {});

} // namespace inferlab
