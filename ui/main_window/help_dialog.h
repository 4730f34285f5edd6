// F1: the keys, and what the figures mean. Not modal.
#pragma once

#include <QDialog>

namespace inferlab {

class Actions;

class HelpDialog : public QDialog
{
    Q_OBJECT

public:
    explicit HelpDialog(const Actions &actions, QWidget *parent = nullptr);
};

} // namespace inferlab
