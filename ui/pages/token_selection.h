// Which token is marked, on the answer and on every chart alike. Pointing marks for as long as it
// lasts; a click or a step pins.
#pragma once

#include "ui/charts/chart.h"

#include <QObject>

namespace inferlab {

class TokenSelection : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    TokenRef current() const noexcept { return m_pointed.isValid() ? m_pointed : m_pinned; }

    void point(TokenRef token); // invalid: the pointer left
    void pin(TokenRef token);
    void clear();
    // The next or previous token of the same answer; from nothing, the first of `answer`.
    void step(const RunRecord &run, int answer, int by);

signals:
    void changed(inferlab::TokenRef token);

private:
    void set(TokenRef &member, TokenRef token);

    TokenRef m_pointed;
    TokenRef m_pinned;
};

} // namespace inferlab
