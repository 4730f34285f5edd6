// What an experiment holds while something varies: the requests, and the engine that answers them.
#pragma once

#include "app/experiment/experiment.h"

#include <QWidget>
#include <map>
#include <vector>

class QGridLayout;

namespace inferlab {

class PlanFields;

class HeldSettings : public QWidget
{
    Q_OBJECT

public:
    // Shows what the plan holds; changes go into `fields`.
    HeldSettings(const Experiment &plan, PlanFields &fields, QWidget *parent = nullptr);

    // These are not held: their fields are greyed and say why.
    void setVarying(const std::vector<AxisKind> &kinds);

    QWidget *field(AxisKind kind) const { return m_fields.at(kind); }

private:
    void addAxis(QGridLayout *grid, int column, AxisKind kind, const QString &label,
                 const QString &zero, const QString &tip);
    QWidget *makeNumber(const AxisInfo &info, const QString &zero);
    QWidget *makeWords(const AxisInfo &info);
    void addRequests(QGridLayout *grid);
    void addRow(QGridLayout *grid, int column, const QString &label, QWidget *field,
                const QString &tip);

    const Experiment &m_plan;
    PlanFields &m_bound;
    std::map<AxisKind, QWidget *> m_fields;
    std::map<AxisKind, QString> m_tips;
};

} // namespace inferlab
