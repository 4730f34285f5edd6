// Which runs a list shows, and in which order.
#pragma once

#include <QString>
#include <QStringList>
#include <QVariantList>
#include <cstdint>

namespace inferlab {

enum class HistorySort { Began, Name, Model, Device, Batch, KvCache, Ttft, Itl, TokPerSecond };

struct HistoryQuery
{
    // What a person types: every word must be in the run's name, tags, note, model, device, label,
    // prompt or experiment, in any case; batch:8, threads:2, device:cpu, cache:off, cache:q8_0,
    // tag:gpu, model:smol and experiment:NAME (its name, or the beginning of it) ask for one
    // column. "two words" within quotes are one; so are those of experiment:"two words".
    QString search;
    bool deleted = false; // those in the bin instead
    HistorySort sort = HistorySort::Began;
    bool descending = true; // runs without the figure come last either way; ties by id
    int64_t offset = 0;
    int64_t limit = 1000;

    bool operator==(const HistoryQuery &) const = default;
};

// Conditions of the table `runs` with their values, and the order; never a person's text in SQL.
struct HistorySql
{
    QString where;
    QVariantList values;
    QString order;
};
HistorySql historySql(const HistoryQuery &query);

// What finds the runs of one experiment, by its id.
QString experimentSearch(const QString &experiment);

// A tag as it is stored: without commas or blanks at its ends, each blank a single one.
QString cleanTag(const QString &text);
// "a, b,,a" -> a, b: cleaned, sorted, each once.
QStringList tagsFromText(const QString &text);

} // namespace inferlab
