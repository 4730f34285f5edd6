#include "preset_delegate.h"

#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QFontMetrics>
#include <QPainter>

namespace inferlab {

namespace {

constexpr int kWrapped = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

int sideMargin(const Theme &theme)
{
    return theme.px(space::kBetween);
}

int questionHeight(const Theme &theme, const QString &question, int width)
{
    const QFontMetrics metrics(theme.font(TextSize::Small));
    return metrics.boundingRect(QRect(0, 0, width, 10000), kWrapped, question).height();
}

} // namespace

QSize PresetDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme theme = Theme::current();
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const int width = view != nullptr ? view->viewport()->width() : option.rect.width();
    const QFontMetrics name(theme.font(TextSize::Body, QFont::DemiBold));
    return {width,
            2 * theme.px(space::kInside) + name.height() + theme.px(2)
                + questionHeight(theme, index.data(QuestionRole).toString(),
                                 width - 2 * sideMargin(theme))};
}

void PresetDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                           const QModelIndex &index) const
{
    const Theme theme = Theme::current();
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, theme.accentWash);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(option.rect, theme.hover);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      theme.border);
    const QRect inside = option.rect.adjusted(sideMargin(theme), theme.px(space::kInside),
                                              -sideMargin(theme), -theme.px(space::kInside));
    const QFont small = theme.font(TextSize::Small);
    const QString duration = index.data(DurationRole).toString();
    const int durationWidth = QFontMetrics(small).horizontalAdvance(duration);
    const QFont strong = theme.font(TextSize::Body, QFont::DemiBold);
    const QFontMetrics name(strong);
    painter->setFont(strong);
    painter->setPen(enabled ? theme.text : theme.disabledText);
    painter->drawText(inside, Qt::AlignLeft | Qt::AlignTop,
                      name.elidedText(index.data(NameRole).toString(), Qt::ElideRight,
                                      inside.width() - durationWidth - theme.px(space::kInside)));
    painter->setFont(small);
    painter->setPen(enabled ? theme.mutedText : theme.disabledText);
    painter->drawText(QRect(inside.left(), inside.top(), inside.width(), name.height()),
                      Qt::AlignRight | Qt::AlignVCenter, duration);
    painter->drawText(inside.adjusted(0, name.height() + theme.px(2), 0, 0), kWrapped,
                      index.data(QuestionRole).toString());
    painter->restore();
}

} // namespace inferlab
