// Table model and CSV.
#include "ui/charts/table_model.h"

namespace inferlab {

namespace {

bool isNumber(const QString &text)
{
    bool ok = false;
    text.toDouble(&ok);
    return ok;
}

QString cell(const QString &text)
{
    if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"'))
        && !text.contains(QLatin1Char('\n')) && !text.contains(QLatin1Char('\r')))
        return text;
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QStringLiteral("\"\""))
        + QLatin1Char('"');
}

QString line(const QStringList &cells)
{
    QStringList out;
    for (const QString &text : cells)
        out << cell(text);
    return out.join(QLatin1Char(',')) + QStringLiteral("\r\n");
}

} // namespace

ChartTableModel::ChartTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{ }

void ChartTableModel::setTable(ChartTable table)
{
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int ChartTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int ChartTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.columns.size());
}

QVariant ChartTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const QString text = m_table.rows[static_cast<size_t>(index.row())].value(index.column());
    if (role == Qt::DisplayRole)
        return text;
    if (role == Qt::TextAlignmentRole)
        return QVariant((isNumber(text) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || section < 0)
        return {};
    if (orientation == Qt::Horizontal)
        return section < m_table.columns.size() ? QVariant(m_table.columns[section]) : QVariant();
    return section < rowCount() ? QVariant(section + 1) : QVariant();
}

QString toCsv(const ChartTable &table, const QStringList &comments)
{
    QString out;
    for (const QString &comment : comments)
        out += QStringLiteral("# ")
            + QString(comment)
                  .replace(QLatin1Char('\n'), QLatin1Char(' '))
                  .remove(QLatin1Char('\r'))
            + QStringLiteral("\r\n");
    out += line(table.columns);
    for (const QStringList &row : table.rows)
        out += line(row);
    return out;
}

} // namespace inferlab
