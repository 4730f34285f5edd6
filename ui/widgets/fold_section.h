// A heading that folds what is below it. Folded, it says in a few words what is inside.
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace inferlab {

class FoldSection : public QWidget
{
    Q_OBJECT

public:
    explicit FoldSection(const QString &title, QWidget *parent = nullptr);

    QVBoxLayout *body() const noexcept { return m_bodyLayout; }
    void setSummary(const QString &text);
    void setOpen(bool open);
    bool isOpen() const;

signals:
    void opened(bool open);

private:
    QToolButton *m_heading;
    QLabel *m_summary; // hidden while the body says it all
    QWidget *m_body;
    QVBoxLayout *m_bodyLayout;
};

} // namespace inferlab
