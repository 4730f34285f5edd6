#include "bench_desk.h"

#include "ui/charts/chart_source.h"
#include "ui/pages/run_page.h"

#include <QEventLoop>
#include <QTimer>
#include <cstdio>

namespace inferlab::bench {

namespace {

std::vector<ChartCard *> makeCharts()
{
    std::vector<ChartCard *> charts;
    for (const QString &id : chartIds())
        charts.push_back(makeChartCard(id));
    return charts;
}

} // namespace

BenchDesk::BenchDesk(MeteredApplication &application, EngineSource source)
    : m_application(application)
    , m_theme(application)
    , m_session(std::move(source))
    , m_window(m_session, m_settings, m_theme, makeCharts())
{
    QObject::connect(&m_session, &Session::failed, &m_window, [](const QString &line) {
        std::fprintf(stderr, "bench_window: %s\n", line.toUtf8().constData());
    });
    QObject::connect(&m_session, &Session::runAdvanced, &m_window,
                     [this] { m_application.drained(); });
    QEventLoop loop;
    QObject::connect(&m_window, &MainWindow::firstPainted, &loop, &QEventLoop::quit);
    m_window.resize(1920, 1080); // what a projector shows: every chart is in sight
    m_window.show();
    loop.exec();
}

RunRecordPtr BenchDesk::run(const RunPlan &plan)
{
    RunRecordPtr record;
    QEventLoop loop;
    QObject::connect(&m_session, &Session::runFinished, &loop,
                     [&record](const RunRecordPtr &run) { record = run; });
    QObject::connect(&m_session, &Session::statusChanged, &loop, [this, &loop] {
        if (!m_session.isBusy())
            loop.quit();
    });
    m_session.run(plan);
    loop.exec();
    return record;
}

std::optional<double> BenchDesk::firstTokenMs()
{
    std::optional<double> shown;
    QEventLoop loop;
    RunPage *const page = m_window.runPage();
    QObject::connect(page, &RunPage::firstTokenShown, &loop, [&shown](double ms) { shown = ms; });
    QObject::connect(page, &RunPage::busyChanged, &loop, [&loop](bool busy) {
        if (!busy)
            loop.quit();
    });
    bool began = false;
    QObject::connect(page, &RunPage::busyChanged, &loop,
                     [&began](bool busy) { began = began || busy; });
    page->run();
    if (began)
        loop.exec();
    return shown;
}

} // namespace inferlab::bench
