#include "answer_accessible.h"

#include "answer_text.h"

#include <QAccessibleWidget>

namespace inferlab {

namespace {

class AccessibleAnswer : public QAccessibleWidget
{
public:
    explicit AccessibleAnswer(AnswerText *answer)
        : QAccessibleWidget(answer, QAccessible::Document)
        , m_answer(answer)
    { }

    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value ? m_answer->text() : QAccessibleWidget::text(kind);
    }

    QAccessible::State state() const override
    {
        QAccessible::State state = QAccessibleWidget::state();
        state.readOnly = true;
        state.multiLine = true;
        return state;
    }

private:
    AnswerText *m_answer; // Qt deletes this interface with the widget
};

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *answer = qobject_cast<AnswerText *>(object);
    return answer == nullptr ? nullptr : new AccessibleAnswer(answer);
}

} // namespace

void installAnswerAccessibility()
{
    QAccessible::installFactory(make); // one that is there already stays
}

} // namespace inferlab
