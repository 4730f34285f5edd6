// A wheel that scrolls past a number must not change it. Spin boxes, combo boxes and sliders of the
// whole application turn with the wheel only while they have the keyboard's focus, which a wheel
// does not give them; otherwise what is around them scrolls.
#pragma once

#include <QObject>

namespace inferlab {

class WheelGuard : public QObject
{
public:
    // As long as it lives, for every widget that is shown from now on.
    explicit WheelGuard(QObject *parent = nullptr);

    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace inferlab
