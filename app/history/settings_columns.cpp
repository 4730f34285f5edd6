#include "settings_columns.h"

#include "engine/measure/settings_list.h"

#include <QStringList>
#include <string_view>
#include <type_traits>

namespace inferlab {

namespace {

bool isColumn(std::string_view setting)
{
    return setting != "prompt" && setting != "system_prompt" && setting != "prompt_pool";
}

QVariant toCell(const std::string &value)
{
    return QString::fromStdString(value);
}
// The prompts' pool has no column.
QVariant toCell(const std::vector<std::string> &)
{
    return {};
}
QVariant toCell(bool value)
{
    return value ? 1 : 0;
}
QVariant toCell(int32_t value)
{
    return value;
}
// SQLite's integers are signed: seeds above 2^63 - 1 are negative there.
QVariant toCell(uint64_t value)
{
    return static_cast<qint64>(value);
}
QVariant toCell(float value)
{
    return static_cast<double>(value);
}
QVariant toCell(DType value)
{
    const std::string_view name = dtypeInfo(value).name;
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}
QVariant toCell(BatchPolicy value)
{
    return QString::fromLatin1(batchPolicyName(value));
}

void fromCell(const QVariant &cell, std::string &value)
{
    value = cell.toString().toStdString();
}
void fromCell(const QVariant &, std::vector<std::string> &) { }
void fromCell(const QVariant &cell, bool &value)
{
    value = cell.toInt() != 0;
}
void fromCell(const QVariant &cell, int32_t &value)
{
    value = cell.toInt();
}
void fromCell(const QVariant &cell, uint64_t &value)
{
    value = static_cast<uint64_t>(cell.toLongLong());
}
void fromCell(const QVariant &cell, float &value)
{
    value = static_cast<float>(cell.toDouble());
}
void fromCell(const QVariant &cell, DType &value)
{
    value = dtypeFromName(cell.toString().toStdString()).value_or(value);
}
void fromCell(const QVariant &cell, BatchPolicy &value)
{
    value = batchPolicyFromName(cell.toString().toStdString()).value_or(value);
}

} // namespace

std::vector<HistoryColumn> settingColumns(const RunSettings &settings)
{
    std::vector<HistoryColumn> columns;
    forEachSetting(settings, [&columns](const char *name, const auto &value) {
        if (isColumn(name))
            columns.push_back({name, toCell(value)});
    });
    return columns;
}

QString settingColumnNames()
{
    QStringList names;
    for (const HistoryColumn &column : settingColumns({}))
        names << QLatin1String(column.name);
    return names.join(QStringLiteral(", "));
}

RunSettings settingsFromColumns(const std::function<QVariant()> &next)
{
    RunSettings settings;
    forEachSetting(settings, [&next](const char *name, auto &value) {
        if (isColumn(name))
            fromCell(next(), value);
    });
    return settings;
}

} // namespace inferlab
