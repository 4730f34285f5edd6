// A line of an answer, shaped for painting and for finding what is under the pointer. Private to
// AnswerText.
#pragma once

#include "answer_text.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QTextLayout>
#include <cmath>
#include <memory>

namespace inferlab {

// Around the text.
inline qreal answerMargin()
{
    return Theme::current().px(space::kBetween);
}

// Half a line of air: read from the back of a room.
inline qreal answerLineHeight(const QFont &font)
{
    return std::ceil(QFontMetricsF(font).height() * 1.3);
}

struct AnswerText::PaintedLine
{
    std::unique_ptr<QTextLayout> own;    // where the line breaker has none to lend
    const QTextLayout *layout = nullptr; // its line 0 is the whole line
    qsizetype start = 0;                 // its first character in the answer
    qsizetype length = 0;

    QTextLine line() const { return layout->lineAt(0); }
};

} // namespace inferlab
