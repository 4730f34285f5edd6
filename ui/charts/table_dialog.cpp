// Table, copy, close.
#include "ui/charts/table_dialog.h"

#include "ui/charts/table_model.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

namespace inferlab {

TableDialog::TableDialog(const QString &title, ChartTable table, QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    const Theme theme = Theme::current();
    auto *model = new ChartTableModel(this);
    const size_t rows = table.rows.size();
    model->setTable(std::move(table));
    auto *view = new QTableView;
    view->setModel(model);
    view->setAccessibleName(title);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(theme.px(26));
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view->horizontalHeader()->setResizeContentsPrecision(200); // rows looked at for the width
    view->horizontalHeader()->setStretchLastSection(true);

    auto *count =
        new QLabel(rows == 1 ? QStringLiteral("1 row") : QStringLiteral("%1 rows").arg(rows));
    count->setProperty("kind", "muted");
    auto *copy = new QPushButton(QStringLiteral("Copy as CSV"));
    copy->setToolTip(QStringLiteral("Copy the whole table (Ctrl+C)"));
    auto *close = new QPushButton(QStringLiteral("Close"));
    connect(copy, &QPushButton::clicked, this, &TableDialog::copyAsCsv);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *shortcut = new QShortcut(QKeySequence::Copy, this);
    connect(shortcut, &QShortcut::activated, this, &TableDialog::copyAsCsv);

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(count);
    buttons->addStretch();
    buttons->addWidget(copy);
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    const int edge = theme.px(space::kEdge);
    layout->setContentsMargins(edge, edge, edge, edge);
    layout->setSpacing(theme.px(space::kBetween));
    layout->addWidget(view);
    layout->addLayout(buttons);
    resize(theme.px(560), theme.px(420));
}

void TableDialog::copyAsCsv()
{
    const auto *model = findChild<ChartTableModel *>();
    QGuiApplication::clipboard()->setText(toCsv(model->table()));
}

} // namespace inferlab
