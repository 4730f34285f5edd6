#include "history_model.h"

#include "app/history/history.h"
#include "history_words.h"

#include <algorithm>
#include <optional>

namespace inferlab {

namespace {

std::optional<HistorySort> sortOf(int column)
{
    switch (column) {
    case HistoryModel::Began:
        return HistorySort::Began;
    case HistoryModel::Name:
        return HistorySort::Name;
    case HistoryModel::ModelName:
        return HistorySort::Model;
    case HistoryModel::Device:
        return HistorySort::Device;
    case HistoryModel::Batch:
        return HistorySort::Batch;
    case HistoryModel::KvCache:
        return HistorySort::KvCache;
    case HistoryModel::Ttft:
        return HistorySort::Ttft;
    case HistoryModel::Itl:
        return HistorySort::Itl;
    case HistoryModel::TokPerSecond:
        return HistorySort::TokPerSecond;
    default:
        return std::nullopt;
    }
}

QString cell(const HistoryRun &run, int column)
{
    switch (column) {
    case HistoryModel::Began:
        return historyWords::began(run);
    case HistoryModel::Name:
        return historyWords::name(run);
    case HistoryModel::ModelName:
        return modelInWords(run.provenance);
    case HistoryModel::Device:
        return deviceInWords(run.settings.device);
    case HistoryModel::Batch:
        return QString::number(run.settings.batch);
    case HistoryModel::KvCache:
        return cacheInWords(run.settings);
    case HistoryModel::Ttft:
        return historyWords::figure(run.ttftP50Ms);
    case HistoryModel::Itl:
        return historyWords::figure(run.itlP50Ms);
    case HistoryModel::TokPerSecond:
        return historyWords::figure(run.outputTokPerSecond);
    case HistoryModel::Tags:
        return run.tags.join(QStringLiteral(", "));
    default:
        return {};
    }
}

bool isNumber(int column)
{
    return column == HistoryModel::Batch || column == HistoryModel::Ttft
        || column == HistoryModel::Itl || column == HistoryModel::TokPerSecond;
}

} // namespace

HistoryModel::HistoryModel(History &history, QObject *parent)
    : QAbstractTableModel(parent)
    , m_history(history)
{
    connect(&m_history, &History::changed, this, &HistoryModel::refresh);
    refresh();
}

void HistoryModel::setSearch(const QString &search)
{
    if (search == m_query.search)
        return;
    m_query.search = search;
    ask(0, kPage);
}

void HistoryModel::sort(int column, Qt::SortOrder order)
{
    const std::optional<HistorySort> sort = sortOf(column);
    const bool descending = order == Qt::DescendingOrder;
    if (!sort || (*sort == m_query.sort && descending == m_query.descending))
        return;
    m_query.sort = *sort;
    m_query.descending = descending;
    ask(0, kPage);
}

void HistoryModel::refresh()
{
    ask(0, std::max(kPage, static_cast<int64_t>(m_runs.size())));
}

int HistoryModel::rowOf(int64_t id) const
{
    const auto found = std::find_if(m_runs.begin(), m_runs.end(),
                                    [id](const HistoryRun &run) { return run.id == id; });
    return found == m_runs.end() ? -1 : static_cast<int>(found - m_runs.begin());
}

bool HistoryModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_fetching && static_cast<int64_t>(m_runs.size()) < m_total;
}

void HistoryModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    m_fetching = true;
    ask(static_cast<int64_t>(m_runs.size()), kPage);
}

void HistoryModel::ask(int64_t offset, int64_t limit)
{
    if (offset == 0) {
        ++m_question;
        m_fetching = false;
    }
    HistoryQuery query = m_query;
    query.offset = offset;
    query.limit = limit;
    m_history.list(query, this, [this, offset, question = m_question](const HistoryRows &page) {
        if (question == m_question)
            take(page, offset);
    });
}

void HistoryModel::take(HistoryRows page, int64_t offset)
{
    m_total = page.total;
    m_loaded = true;
    if (offset == 0) {
        replace(std::move(page.runs));
    } else {
        m_fetching = false;
        if (!page.runs.empty()) {
            const int first = static_cast<int>(m_runs.size());
            beginInsertRows({}, first, first + static_cast<int>(page.runs.size()) - 1);
            std::move(page.runs.begin(), page.runs.end(), std::back_inserter(m_runs));
            endInsertRows();
        }
    }
    emit answered();
}

// The same runs in the same order have changed in place: the view stays where it is.
void HistoryModel::replace(std::vector<HistoryRun> runs)
{
    const bool same = std::equal(runs.begin(), runs.end(), m_runs.begin(), m_runs.end(),
                                 [](const auto &a, const auto &b) { return a.id == b.id; });
    if (same) {
        m_runs = std::move(runs);
        if (!m_runs.empty())
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_runs = std::move(runs);
    endResetModel();
}

int HistoryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int HistoryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant HistoryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const HistoryRun &shown = run(index.row());
    if (role == Qt::DisplayRole)
        return cell(shown, index.column());
    if (role == Qt::ToolTipRole && index.column() == ModelName)
        return cell(shown, ModelName);
    if (role == Qt::ToolTipRole && (index.column() == Name || index.column() == Tags))
        return shown.note.isEmpty() ? cell(shown, index.column()) : shown.note;
    if (role == Qt::TextAlignmentRole)
        return QVariant((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft)
                        | Qt::AlignVCenter);
    return {};
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[ColumnCount] = {
        tr("Began"),    tr("Name"),         tr("Model"),       tr("Device"),      tr("Batch"),
        tr("KV cache"), tr("TTFT P50, ms"), tr("ITL P50, ms"), tr("tok/s total"), tr("Tags")};
    return titles[section];
}

} // namespace inferlab
