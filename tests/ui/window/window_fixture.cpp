// Sets the window up and drives it.
#include "window_fixture.h"

#include "ui/charts/chart_source.h"
#include "ui/pages/run_page.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/prompt_editor.h"

#include <QApplication>
#include <QFile>
#include <QPushButton>
#include <QtTest>

namespace inferlab::test {

namespace {

constexpr int kPatienceMs = 30000; // a loaded machine; not a measure of anything

ThemeController &theme()
{
    if (ThemeController *there = ThemeController::instance())
        return *there;
    return *new ThemeController(*qApp, [] { return false; }); // the application's child
}

std::vector<ChartCard *> makeCharts()
{
    std::vector<ChartCard *> charts;
    for (const QString &id : chartIds())
        charts.push_back(makeChartCard(id));
    return charts;
}

} // namespace

WindowFixture::WindowFixture(EngineSource source)
    : session(std::make_unique<Session>(std::move(source)))
    , window(std::make_unique<MainWindow>(*session, settings, theme(), makeCharts()))
    , page(window->runPage())
{
    window->setWindowState(Qt::WindowNoState); // the offscreen screen is small: it opened maximised
    window->resize(1280, 800);
    window->show();
    if (!QTest::qWaitForWindowExposed(window.get()))
        qFatal("the window does not show");
}

WindowFixture::~WindowFixture()
{
    theme().setPresenting(false);
    theme().resetZoom();
}

QString WindowFixture::someModelFile()
{
    const QString path = folder.filePath(QStringLiteral("some.gguf"));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write("x") != 1)
        qFatal("cannot write %s", qPrintable(path));
    return path;
}

void WindowFixture::loadModel(const QString &path)
{
    page->chooseModel(path);
    waitUntilIdle();
}

void WindowFixture::setPrompt(const QString &text)
{
    page->controls()->promptEditor()->setPrompt(text);
}

void WindowFixture::waitUntilIdle()
{
    if (!QTest::qWaitFor([this] { return !session->isBusy(); }, kPatienceMs))
        qFatal("the session is still busy");
}

void WindowFixture::runToTheEnd()
{
    QTest::mouseClick(page->controls()->runButton(), Qt::LeftButton);
    waitUntilIdle();
}

} // namespace inferlab::test
