// Two columns: keys and figures.
#include "help_dialog.h"

#include "actions.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <array>

namespace inferlab {

namespace {

struct Figure
{
    const char *name;
    const char *meaning;
};

constexpr std::array<Figure, 7> kFigures {{
    {QT_TRANSLATE_NOOP("HelpDialog", "TTFT, ms"),
     QT_TRANSLATE_NOOP("HelpDialog",
                       "Time to first token: from Run to the first token, queue included")},
    {QT_TRANSLATE_NOOP("HelpDialog", "ITL, ms"),
     QT_TRANSLATE_NOOP("HelpDialog",
                       "Inter-token latency: each gap between two tokens of one answer")},
    {QT_TRANSLATE_NOOP("HelpDialog", "tok/s total"),
     QT_TRANSLATE_NOOP("HelpDialog",
                       "Tokens of all answers, by the time from first submit to last end")},
    {QT_TRANSLATE_NOOP("HelpDialog", "tok/s/user"),
     QT_TRANSLATE_NOOP("HelpDialog", "What one reader sees: 1 / mean gap of one answer")},
    {QT_TRANSLATE_NOOP("HelpDialog", "P50, P90, P99"),
     QT_TRANSLATE_NOOP(
         "HelpDialog",
         "That many percent of the samples are no larger; grey where n is too small")},
    {QT_TRANSLATE_NOOP("HelpDialog", "Knee"),
     QT_TRANSLATE_NOOP("HelpDialog",
                       "The batch size from which more answers at once cost more than they bring")},
    {QT_TRANSLATE_NOOP("HelpDialog", "p"),
     QT_TRANSLATE_NOOP("HelpDialog", "Probability of a token under the model, at temperature 1")},
}};

QGridLayout *makeTable(const QList<std::pair<QString, QString>> &rows, QWidget *parent)
{
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(space::kEdge);
    grid->setVerticalSpacing(space::kInside);
    int row = 0;
    for (const auto &[name, text] : rows) {
        auto *left = new QLabel(name, parent);
        QFont bold = left->font();
        bold.setWeight(QFont::DemiBold);
        left->setFont(bold);
        auto *right = new QLabel(text, parent);
        right->setProperty("kind", QStringLiteral("muted"));
        right->setWordWrap(true);
        grid->addWidget(left, row, 0, Qt::AlignTop);
        grid->addWidget(right, row, 1, Qt::AlignTop);
        ++row;
    }
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(row, 1);
    return grid;
}

QVBoxLayout *makeColumn(const QString &heading, const QList<std::pair<QString, QString>> &rows,
                        QWidget *parent)
{
    auto *title = new QLabel(heading, parent);
    title->setProperty("kind", QStringLiteral("title"));
    auto *column = new QVBoxLayout;
    column->setSpacing(space::kBetween);
    column->addWidget(title);
    column->addLayout(makeTable(rows, parent));
    return column;
}

} // namespace

HelpDialog::HelpDialog(const Actions &actions, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("helpDialog"));
    setWindowTitle(tr("Help"));
    QList<std::pair<QString, QString>> keys;
    for (const QAction *action : actions.all()) {
        const QString key = action->data().toString(); // the key as registered
        keys.append({key, action->whatsThis()});
    }
    QList<std::pair<QString, QString>> figures;
    for (const Figure &figure : kFigures)
        figures.append({tr(figure.name), tr(figure.meaning)});
    auto *columns = new QHBoxLayout;
    columns->setSpacing(space::kEdge * 2);
    columns->addLayout(makeColumn(tr("Keys"), keys, this), 1);
    columns->addLayout(makeColumn(tr("What the figures mean"), figures, this), 1);
    auto *close = new QPushButton(tr("Close"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(space::kEdge, space::kEdge, space::kEdge, space::kEdge);
    page->setSpacing(space::kEdge);
    page->addLayout(columns, 1);
    page->addWidget(close, 0, Qt::AlignRight);
    resize(Theme::current().px(820), Theme::current().px(520));
}

} // namespace inferlab
