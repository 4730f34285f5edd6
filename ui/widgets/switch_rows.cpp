#include "switch_rows.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace inferlab {

QHBoxLayout *labelledRow(const QString &words, QWidget *field, QWidget *parent)
{
    auto *label = new QLabel(words, parent);
    label->setBuddy(field);
    field->setAccessibleName(words);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(label);
    row->addStretch(1);
    row->addWidget(field);
    return row;
}

QLabel *addHint(QVBoxLayout *column, QWidget *parent)
{
    auto *hint = new QLabel(parent);
    hint->setWordWrap(true);
    hint->setTextFormat(Qt::PlainText);
    hint->setProperty("kind", QStringLiteral("caption"));
    column->addWidget(hint);
    column->addSpacing(4);
    return hint;
}

} // namespace inferlab
