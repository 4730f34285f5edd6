// What the marked token is: its text, id, time and probability, and what else the model had in
// mind.
#pragma once

#include "engine/measure/run_record.h"

#include <QWidget>

namespace inferlab {

// `token: " Paris"  id 7042  6.3 ms  p .91 | then: " located" .04  " the" .02`: for screen readers
// and for copying. Empty when there is no such token.
QString tokenSentence(const RunRecord &run, size_t request, int token);

class TokenInspector : public QWidget
{
    Q_OBJECT

public:
    explicit TokenInspector(QWidget *parent = nullptr);

    // Negative token: none; the strip then says how to get one.
    void setToken(const RunRecord *run, size_t request, int token);
    QString sentence() const { return m_sentence; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintRunnersUp(QPainter &painter, qreal x, qreal baseline) const;

    QString m_sentence;
    QString m_piece;
    QString m_facts; // "id 7042   6.3 ms   p .91"
    double m_probability = 0;
    std::vector<RunnerUp> m_runnersUp;
};

} // namespace inferlab
