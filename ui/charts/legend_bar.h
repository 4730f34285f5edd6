// The legend of a card: a button per entry that hides and shows its series; wraps to more rows when
// narrow.
#pragma once

#include "ui/charts/plot_paint.h"

#include <QAbstractButton>
#include <QWidget>
#include <vector>

namespace inferlab {

// Swatch and words; checked while its series are shown. Entries without a key only explain.
class LegendButton : public QAbstractButton
{
    Q_OBJECT

public:
    explicit LegendButton(QWidget *parent);
    void setEntry(const LegendEntry &entry);
    const LegendEntry &entry() const noexcept { return m_entry; }
    void setBrief(bool brief); // the short words, where there are any
    const QString &words() const
    {
        return m_brief && !m_entry.brief.isEmpty() ? m_entry.brief : m_entry.text;
    }
    void setCutWords(const QString &words) { m_cut = words; } // what is drawn of them
    int roomForWords(int width) const;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    LegendEntry m_entry;
    QString m_cut;
    bool m_brief = false;
};

class LegendBar : public QWidget
{
    Q_OBJECT

public:
    explicit LegendBar(QWidget *parent = nullptr);

    void setEntries(const std::vector<LegendEntry> &entries); // keeps what is hidden
    // One row is preferred, with brief words if need be; beyond these rows, words are cut (their
    // tooltips are not).
    void setMostRows(int rows);
    QSet<QString> hidden() const { return m_hidden; }

signals:
    void hiddenChanged();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange();                   // in rows; takes the height that they need
    int place(int widest, bool move); // rows
    void cutWords();
    void toggled(const QString &key, bool shown);

    std::vector<LegendButton *> m_buttons;
    int m_mostRows = 2;
    size_t m_used = 0; // the rest are kept for later
    QSet<QString> m_hidden;
};

} // namespace inferlab
