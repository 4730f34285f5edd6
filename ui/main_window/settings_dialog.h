// Ctrl+,: theme, token tints and the charts' frame rate. Every change takes effect at once. Not
// modal.
#pragma once

#include <QDialog>

namespace inferlab {

class Settings;

class SettingsDialog : public QDialog
{
    Q_OBJECT

public:
    // `settings` must outlive the dialog.
    explicit SettingsDialog(Settings &settings, QWidget *parent = nullptr);
};

} // namespace inferlab
