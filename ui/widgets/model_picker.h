// Which model: its name and size, and a menu with the default, recent ones and a file dialog.
#pragma once

#include "app/session/session_types.h"

#include <QStringList>
#include <QWidget>

class QLabel;
class QMenu;
class QPushButton;

namespace inferlab {

// "Q4_1 · 135 M parameters · 94 MiB"
QString modelFacts(const ModelSummary &model);

class ModelPicker : public QWidget
{
    Q_OBJECT

public:
    explicit ModelPicker(QWidget *parent = nullptr);

    // The file that is chosen; what is in memory follows with setModel().
    void setPath(const QString &path);
    const QString &path() const noexcept { return m_path; }
    void setModel(const std::optional<ModelSummary> &model);
    void setDefaultPath(const QString &path); // empty: there is none
    void setRecent(const QStringList &paths);
    QMenu *menu() const noexcept { return m_menu; }

signals:
    void modelChosen(const QString &path);
    void openRequested(); // the file dialog

private:
    void fillMenu();
    void refresh();

    QString m_path;
    QString m_defaultPath;
    QStringList m_recent;
    std::optional<ModelSummary> m_model;
    QPushButton *m_button;
    QMenu *m_menu;
    QLabel *m_facts;
};

} // namespace inferlab
