// Where an exported chart comes from, in words: below its title, at its foot, and inside the file.
#pragma once

#include "ui/charts/chart.h"

#include <QString>
#include <QStringList>

namespace inferlab {

struct ExportNotes
{
    QString subtitle;  // model, device, batch, KV cache, tokens, sampling
    QString foot;      // program, date, model hash, seed
    QString program;   // "InferLab 0.1.0"
    QStringList facts; // "model: ...": everything, a line each, for metadata and CSV comments

    QString description() const { return facts.join(QLatin1Char('\n')); }
};

// Of the runs that a chart shows. Settings that differ between them are left to the legend.
ExportNotes exportNotes(const ChartData &data, const QString &chartId);

// "cache type: Q8_0": a line for each setting that is the same in all of them.
QStringList commonSettingFacts(const std::vector<const RunRecord *> &runs);

// Every run behind the charts, each once: earlier, current, sweep.
std::vector<const RunRecord *> runsBehind(const ChartData &data);

} // namespace inferlab
