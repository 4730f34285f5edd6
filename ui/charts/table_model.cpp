// Table model and CSV.
#include "ui/charts/table_model.h"

#include "ui/charts/plot_spec.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr int kMostDecimals = 2;      // hundredths of a millisecond are read
constexpr int kMostDecimalsSmall = 4; // where every number is below 1

bool isNumber(const QString &text)
{
    bool ok = false;
    text.toDouble(&ok);
    return ok;
}

// As many as the number with most of them has, as far as they are worth reading.
int decimalsOf(const ChartTable &table, qsizetype column)
{
    qsizetype most = 0;
    double largest = 0;
    bool any = false;
    for (const QStringList &row : table.rows) {
        const QString text = row.value(column);
        bool ok = false;
        const double value = text.toDouble(&ok);
        if (!ok)
            continue;
        any = true;
        largest = std::max(largest, std::abs(value));
        const qsizetype point = text.indexOf(QLatin1Char('.'));
        most = std::max(most, point < 0 ? 0 : text.size() - point - 1);
    }
    if (!any)
        return -1;
    return std::min(static_cast<int>(most), largest < 1 ? kMostDecimalsSmall : kMostDecimals);
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
    m_decimals.clear();
    for (qsizetype column = 0; column < m_table.columns.size(); ++column)
        m_decimals.push_back(decimalsOf(m_table, column));
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
        return shown(index);
    if (role == Qt::TextAlignmentRole)
        return QVariant((isNumber(text) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

QString ChartTableModel::shown(const QModelIndex &index) const
{
    const QString text = m_table.rows[static_cast<size_t>(index.row())].value(index.column());
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok ? fixedNumberText(value, m_decimals[static_cast<size_t>(index.column())]) : text;
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
