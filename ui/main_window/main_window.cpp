// Puts the window together and follows its keys. Files: main_window_files.cpp,
// main_window_export.cpp.
#include "main_window.h"

#include "actions.h"
#include "app/session/session.h"
#include "help_dialog.h"
#include "machine_section.h"
#include "page_bar.h"
#include "settings_dialog.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/run_page.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/phase_bar.h"
#include "ui/widgets/wheel_guard.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QThread>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>
#include <utility>

namespace inferlab {

namespace {

constexpr QSize kFirstSize(1280, 800);
constexpr QSize kFrame(16, 48); // what a window manager may add around it
constexpr auto kRunPageId = "run";

} // namespace

MainWindow::MainWindow(Session &session, Settings &settings, ThemeController &theme,
                       std::vector<ChartCard *> charts, QWidget *parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_settings(settings)
    , m_theme(theme)
    , m_actions(new Actions(this))
    , m_page(new RunPage(session, settings, std::move(charts), this))
    , m_pages(new QStackedWidget(this))
    , m_pageBar(new PageBar(m_pages, this))
    , m_modelLine(new QLabel(this))
    , m_header(makeHeader())
{
    setWindowTitle(QStringLiteral("InferLab"));
    setWindowIcon(QIcon(QStringLiteral(":/inferlab/icons/inferlab.svg")));
    setAcceptDrops(true);
    new WheelGuard(this);
    auto *central = new QWidget(this);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_pages, 1);
    setCentralWidget(central);
    connectActions();
    addPage(QLatin1String(kRunPageId), tr("Run"), m_page, tr("Ask a model and see what it costs"));
    connect(m_pageBar, &PageBar::pageChanged, this, &MainWindow::onPageChanged);
    connect(&m_session, &Session::statusChanged, this, &MainWindow::refreshModelLine);
    connect(&m_session, &Session::modelReady, this, &MainWindow::refreshModelLine);
    connect(&m_settings, &Settings::changed, this, &MainWindow::applyTheme);
    connect(qApp, &QApplication::focusChanged, this,
            [this](QWidget *, QWidget *now) { m_actions->followFocus(now); });
    applyTheme();
    refreshModelLine();
    resize(kFirstSize);
    const QSize room = screen()->availableSize() - kFrame;
    if (room.width() < kFirstSize.width() || room.height() < kFirstSize.height())
        setWindowState(Qt::WindowMaximized);
    restore();
}

MainWindow::~MainWindow()
{
    if (m_reader != nullptr)
        m_reader->wait();
    m_session.disconnect(this);
}

QWidget *MainWindow::makeHeader()
{
    auto *header = new QFrame(this);
    header->setObjectName(QStringLiteral("header"));
    header->setProperty("kind", QStringLiteral("bar"));
    auto *name = new QLabel(QStringLiteral("InferLab"), header);
    name->setProperty("kind", QStringLiteral("wordmark"));
    m_modelLine->setObjectName(QStringLiteral("modelLine"));
    m_modelLine->setProperty("kind", QStringLiteral("muted"));
    m_modelLine->setTextFormat(Qt::PlainText);

    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(16, 0, 8, 0);
    row->setSpacing(16);
    row->addWidget(name);
    row->addWidget(m_pageBar);
    row->addStretch(1);
    row->addWidget(m_modelLine);
    for (const Command command : {Command::Settings, Command::Help}) {
        auto *button = new QToolButton(header);
        button->setProperty("kind", QStringLiteral("quiet"));
        button->setDefaultAction(m_actions->action(command));
        row->addWidget(button);
    }
    return header;
}

void MainWindow::connectActions()
{
    const auto on = [this](Command command, auto &&what) {
        connect(m_actions->action(command), &QAction::triggered, this, what);
    };
    on(Command::Run, [this] { m_page->run(); });
    on(Command::Stop, [this] { escape(); });
    on(Command::Pause, [this] { m_page->togglePause(); });
    on(Command::PreviousToken, [this] { m_page->stepToken(-1); });
    on(Command::NextToken, [this] { m_page->stepToken(1); });
    on(Command::Open, [this] { chooseFile(); });
    on(Command::Export, [this] { chooseExportFolder(); });
    on(Command::Present, [this] { setPresenting(!m_presenting); });
    on(Command::Sidebar, [this] { m_page->setSidebarShown(!m_page->isSidebarShown()); });
    on(Command::ZoomIn, [this] { zoom(&ThemeController::zoomIn); });
    on(Command::ZoomOut, [this] { zoom(&ThemeController::zoomOut); });
    on(Command::ZoomReset, [this] { zoom(&ThemeController::resetZoom); });
    on(Command::Settings, [this] { showSettings(); });
    on(Command::Help, [this] { showHelp(); });
    on(Command::Quit, [this] { close(); });
    connect(m_page, &RunPage::exportRequested, this, &MainWindow::chooseExportFolder);
    connect(m_page->board(), &ChartBoard::exportRequested, this, &MainWindow::chooseChartFile);

    const auto explain = [this](QWidget *button, Command command) {
        button->setToolTip(m_actions->action(command)->whatsThis() + QStringLiteral("\n")
                           + Actions::tooltip(m_actions->action(command)));
    };
    explain(m_page->controls()->runButton(), Command::Run);
    explain(m_page->exportButton(), Command::Export);
    explain(m_page->phaseBar()->stopButton(), Command::Stop);
}

void MainWindow::addPage(const QString &id, const QString &title, QWidget *page,
                         const QString &help)
{
    m_pageBar->addPage(id, title, page, help);
    if (QAction *action = m_actions->addPage(title, m_pageBar->count()))
        connect(action, &QAction::triggered, this, [this, id] { showPage(id); });
    if (id == m_settings.page())
        showPage(id);
}

bool MainWindow::showPage(const QString &id)
{
    return m_pageBar->showPage(id);
}

bool MainWindow::isRunPageShown() const
{
    return m_pages->currentWidget() == m_page;
}

// Whatever acts on the run page would act unseen; the shown page may have these keys for itself.
void MainWindow::onPageChanged(const QString &id)
{
    for (const Command command :
         {Command::Run, Command::Stop, Command::Pause, Command::PreviousToken, Command::NextToken,
          Command::Export, Command::Sidebar})
        m_actions->action(command)->setEnabled(isRunPageShown());
    m_settings.setPage(id);
}

// Esc: out of the nearest thing. A run first, as it is what costs.
void MainWindow::escape()
{
    if (m_session.isBusy())
        m_page->stop();
    else if (!m_page->board()->enlarged().isEmpty())
        m_page->board()->enlarge({});
    else if (!m_page->errorBar()->isHidden())
        m_page->errorBar()->dismiss();
    else if (m_presenting)
        setPresenting(false);
}

void MainWindow::zoom(void (ThemeController::*change)())
{
    (m_theme.*change)();
    m_settings.setZoomPercent(static_cast<int>(std::lround(m_theme.zoom() * 100)));
}

void MainWindow::applyTheme()
{
    switch (m_settings.theme()) {
    case Settings::Theme::System:
        m_theme.setAppearance(Appearance::System);
        break;
    case Settings::Theme::Light:
        m_theme.setAppearance(Appearance::Light);
        break;
    case Settings::Theme::Dark:
        m_theme.setAppearance(Appearance::Dark);
        break;
    }
    m_theme.setZoom(m_settings.zoomPercent() / 100.0);
}

void MainWindow::setPresenting(bool on)
{
    if (std::exchange(m_presenting, on) == on)
        return;
    if (on) {
        m_sidebarBefore = m_page->isSidebarShown();
        m_stateBefore = windowState();
        m_page->saveLayout();
    }
    m_theme.setPresenting(on);
    m_header->setVisible(!on);
    m_page->setSidebarShown(!on && m_sidebarBefore);
    setWindowState(on ? m_stateBefore | Qt::WindowFullScreen
                      : m_stateBefore & ~Qt::WindowStates(Qt::WindowFullScreen));
    if (!on)
        m_page->restoreLayout();
}

void MainWindow::showHelp()
{
    if (m_help == nullptr) {
        m_help = new HelpDialog(*m_actions, this);
        m_help->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_help->show();
    m_help->raise();
    m_help->activateWindow();
}

void MainWindow::showSettings()
{
    if (m_settingsDialog == nullptr) {
        QWidget *machine = m_calibrations.empty()
            ? nullptr
            : new MachineSection(
                m_session, [this] { return m_page->controls()->modelChoice(); }, m_calibrations);
        m_settingsDialog = new SettingsDialog(m_settings, machine, this);
        m_settingsDialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_settingsDialog->show();
    m_settingsDialog->raise();
    m_settingsDialog->activateWindow();
}

QString MainWindow::modelLine() const
{
    return m_modelLine->text();
}

void MainWindow::refreshModelLine()
{
    QString line = tr("No model");
    if (const auto &model = m_session.model()) {
        QStringList parts {QFileInfo(model->choice.path).completeBaseName()};
        parts += model->choice.device == QLatin1String("cuda") ? tr("GPU")
            : model->choice.device == QLatin1String("cpu")     ? tr("CPU")
                                                               : model->choice.device;
        line = parts.join(QStringLiteral(" · "));
        m_modelLine->setToolTip(model->deviceName);
    } else if (m_session.status().phase == Phase::Loading) {
        line = tr("Loading…");
    }
    if (line != m_modelLine->text())
        m_modelLine->setText(line);
}

void MainWindow::restore()
{
    // Geometry from another screen set-up is put right by Qt; nonsense is refused and the default
    // stays.
    if (!m_settings.windowGeometry().isEmpty())
        restoreGeometry(m_settings.windowGeometry());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    setPresenting(false); // the geometry to remember is the other one
    m_settings.setWindowGeometry(saveGeometry());
    m_page->saveLayout();
    m_page->saveSwitches();
    m_session.stop();
    event->accept();
}

// Only keys that nobody below wanted.
void MainWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_presenting)
        setPresenting(false);
    else
        QMainWindow::keyPressEvent(event);
}

bool MainWindow::event(QEvent *event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Paint && !std::exchange(m_painted, true))
        QTimer::singleShot(0, this, &MainWindow::firstPainted); // when it is on the screen
    return handled;
}

} // namespace inferlab
