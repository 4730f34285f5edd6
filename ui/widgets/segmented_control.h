// A few choices side by side, one of them taken: "CPU | GPU", "1 2 4 8 16". One tab stop; arrow
// keys move.
#pragma once

#include <QWidget>
#include <vector>

class QPushButton;

namespace inferlab {

class SegmentedControl : public QWidget
{
    Q_OBJECT

public:
    explicit SegmentedControl(const QStringList &labels, QWidget *parent = nullptr);

    int current() const noexcept { return m_current; }
    void setCurrent(int index); // signals when it changes
    int count() const noexcept { return static_cast<int>(m_buttons.size()); }
    QPushButton *button(int index) const { return m_buttons.at(static_cast<size_t>(index)); }
    void setLabel(int index, const QString &label);
    // A choice that cannot be taken says why in its tooltip.
    void setAvailable(int index, bool available, const QString &reason = {});
    bool isAvailable(int index) const;

signals:
    void currentChanged(int index);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void move(int step);
    void fitButtons();

    std::vector<QPushButton *> m_buttons;
    int m_current = 0;
};

} // namespace inferlab
