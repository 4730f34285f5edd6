// The window: a header, the pages, and what belongs to the whole: keys, files dropped or opened,
// presentation, settings, help. Not more: the run page knows how to run, any other page its own
// work.
#pragma once

#include "ui/charts/chart.h"

#include <QMainWindow>
#include <QPointer>
#include <filesystem>
#include <utility>

class QDialog;
class QLabel;
class QStackedWidget;
class QThread;

namespace inferlab {

class Actions;
class PageBar;
class RunPage;
class Session;
class Settings;
class ThemeController;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    // All must outlive the window; it takes the charts over.
    MainWindow(Session &session, Settings &settings, ThemeController &theme,
               std::vector<ChartCard *> charts, QWidget *parent = nullptr);
    ~MainWindow() override;

    RunPage *runPage() const noexcept { return m_page; }
    Actions *actions() const noexcept { return m_actions; }

    // One more page in the header, reached with Ctrl and its number too; the window takes it over.
    // `id` is what the settings remember: the page shown last comes back when it is added. Keys of
    // the run page (run, stop, pause, walk, export, sidebar) are free while another page is shown.
    void addPage(const QString &id, const QString &title, QWidget *page, const QString &help = {});
    bool showPage(const QString &id); // false: there is no such page
    // Where what the machine reaches is kept: the settings then show it and measure it anew. Empty:
    // nowhere.
    void setCalibrations(std::filesystem::path file) { m_calibrations = std::move(file); }
    PageBar *pageBar() const noexcept { return m_pageBar; }

    // A GGUF model is loaded, a run JSON is shown; both in the background, on the run page.
    void openFile(const QString &path);
    void setPresenting(bool on);
    bool isPresenting() const noexcept { return m_presenting; }
    QString modelLine() const;

public slots:
    void showHelp();
    void showSettings();
    void chooseFile();
    void chooseExportFolder();
    void chooseChartFile(const QString &chartId);
    // Charts, CSV and JSON of what is shown, into a new folder below `folder`. Says where, or why
    // not.
    void exportTo(const QString &folder);
    // One chart as SVG, PDF, PNG or CSV, by the file's suffix.
    void exportChart(const QString &chartId, const QString &file);

signals:
    void firstPainted(); // once

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QWidget *makeHeader();
    void connectActions();
    bool isRunPageShown() const;
    void onPageChanged(const QString &id);
    void restore();
    void applyTheme();
    void refreshModelLine();
    void openRecord(const QString &path);
    void zoom(void (ThemeController::*change)());
    void escape();

    Session &m_session;
    Settings &m_settings;
    ThemeController &m_theme;
    Actions *m_actions;
    RunPage *m_page;
    QStackedWidget *m_pages;
    PageBar *m_pageBar;
    QLabel *m_modelLine;
    QWidget *m_header;
    QPointer<QDialog> m_help;
    QPointer<QDialog> m_settingsDialog;
    std::filesystem::path m_calibrations;
    QPointer<QThread> m_reader; // of a run JSON
    bool m_presenting = false;
    bool m_sidebarBefore = true; // presenting
    Qt::WindowStates m_stateBefore;
    bool m_painted = false;
};

} // namespace inferlab
