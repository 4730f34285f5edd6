// The data of a chart as a table beside it; not modal.
#pragma once

#include "ui/charts/chart.h"

#include <QDialog>

namespace inferlab {

class TableDialog : public QDialog
{
    Q_OBJECT

public:
    TableDialog(const QString &title, ChartTable table, QWidget *parent);

public slots:
    void copyAsCsv(); // the whole table, to the clipboard
};

} // namespace inferlab
