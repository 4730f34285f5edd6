// One line about what went wrong and what to do, where the cause is. Not modal; a click or Esc on
// it takes it away.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace inferlab {

class ErrorBar : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorBar(QWidget *parent = nullptr);

    // Shows the line; an action's label makes a button that emits actionTriggered().
    void showLine(const QString &line, const QString &action = {});
    // The same in the quiet colour: something that happened, not an error.
    void showNotice(const QString &line, const QString &action = {});
    void dismiss();
    QString line() const;

signals:
    void actionTriggered();

private:
    void display(const QString &line, const QString &action, const QString &kind);

    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
};

} // namespace inferlab
