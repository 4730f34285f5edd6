// Ctrl+,: theme, token tints, the charts' frame rate, and what the machine was measured at. Every
// change takes effect at once. Not modal.
#pragma once

#include <QDialog>

namespace inferlab {

class Settings;

class SettingsDialog : public QDialog
{
    Q_OBJECT

public:
    // `settings` must outlive the dialog. machine: a section below, taken over; may be null.
    explicit SettingsDialog(Settings &settings, QWidget *machine, QWidget *parent = nullptr);
};

} // namespace inferlab
