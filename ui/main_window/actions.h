// Every command of the window once: its name, keys and what it does in words. Tooltips, menus and
// the list of keys in the help are made from here.
#pragma once

#include <QAction>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <map>

namespace inferlab {

enum class Command {
    Run,
    Stop,
    Pause,
    PreviousToken,
    NextToken,
    Open,
    Export,
    Present,
    Sidebar,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Settings,
    Help,
    Quit,
};

class Actions : public QObject
{
    Q_OBJECT

public:
    // The actions are added to `window`, so that their keys work in it.
    explicit Actions(QWidget *window);

    QAction *action(Command command) const { return m_actions.at(command); }
    // Ctrl and a number for the page of that place, counted from 1; null beyond 9, which has no
    // key.
    QAction *addPage(const QString &title, int number);
    QList<QAction *> all() const; // in the order of the help; pages once there are two

    // While a person types or a button has the focus, bare keys belong to them.
    void followFocus(const QWidget *focus);

    // "Run (Ctrl+Return)".
    static QString tooltip(const QAction *action);

private:
    QAction *add(const QString &text, const QString &help, const QList<QKeySequence> &keys);

    QWidget *m_window;
    std::map<Command, QAction *> m_actions;
    QList<QAction *> m_pages;
};

} // namespace inferlab
