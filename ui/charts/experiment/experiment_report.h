// The report of an experiment: one HTML file that needs nothing else, made for screen and paper.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <vector>

namespace inferlab {

struct ReportChart
{
    QString id;
    QString title;
    QString description;
    QByteArray svg;
};

// facts: of provenance, a line each. outlook: null where nobody asked the cost model.
QByteArray experimentReport(const ExperimentResult &result, const std::vector<ReportChart> &charts,
                            const ExperimentOutlook *outlook, const QString &subtitle,
                            const QStringList &facts);

} // namespace inferlab
