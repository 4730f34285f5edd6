// The rows that a column of switches is made of.
#pragma once

#include <QString>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;
class QWidget;

namespace inferlab {

// The words on the left, the field at the right; the words are what a screen reader calls it.
QHBoxLayout *labelledRow(const QString &words, QWidget *field, QWidget *parent);
// An empty line below a row, for what its switch will do (consequences.h).
QLabel *addHint(QVBoxLayout *column, QWidget *parent);

} // namespace inferlab
