// A preset in the list of experiments: its name and how long it takes, and below its question,
// whole, in as many lines as that needs.
#pragma once

#include <QStyledItemDelegate>

namespace inferlab {

class PresetDelegate : public QStyledItemDelegate
{
public:
    // Data of an item, beside its name as the text.
    enum Role { NameRole = Qt::UserRole, DurationRole, QuestionRole };

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace inferlab
