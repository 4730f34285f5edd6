// On or off, as a switch with its state beside it in words.
#pragma once

#include <QAbstractButton>

namespace inferlab {

class ToggleSwitch : public QAbstractButton
{
    Q_OBJECT

public:
    explicit ToggleSwitch(QWidget *parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QSizeF trackSize() const;
};

} // namespace inferlab
