// Renders every chart card in every state to PNG, to be looked at: render_charts FOLDER.
#include "support/synthetic_run.h"
#include "ui/charts/chart.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_source.h"
#include "ui/charts/plot_card.h"
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QDir>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>
#include <iostream>

using namespace inferlab;

namespace {

struct Scene
{
    QString name;
    ChartData data;
    std::vector<RunRecordPtr> keep;
};

RunRecordPtr run(const SyntheticRun &shape)
{
    return std::make_shared<RunRecord>(makeSyntheticRun(shape));
}

Scene scene(const QString &name, const SyntheticRun &current,
            const std::vector<SyntheticRun> &earlier = {})
{
    Scene out;
    out.name = name;
    out.keep.push_back(run(current));
    out.data.current = out.keep.front().get();
    for (const SyntheticRun &shape : earlier)
        out.data.earlier.push_back(run(shape));
    for (const int batch : {1, 2, 4, 8, 16, 32})
        out.data.sweep.push_back(run(
            {.batch = batch, .newTokens = 64, .perSequenceMs = batch > 8 ? 1.4 : 0.35, .seed = 7}));
    return out;
}

std::vector<Scene> scenes()
{
    std::vector<Scene> out;
    out.push_back({QStringLiteral("empty"), {}, {}});
    out.push_back(scene(QStringLiteral("one-token"), {.newTokens = 1}));
    out.back().data.sweep.resize(1);
    out.push_back(scene(QStringLiteral("one-sequence"), {}));
    out.push_back(scene(QStringLiteral("batch-4"), {.batch = 4}));
    out.push_back(scene(QStringLiteral("batch-32"), {.batch = 32, .queuedFrom = 16}));
    out.push_back(
        scene(QStringLiteral("two-earlier"), {.batch = 1},
              {{.kvCache = false, .prefillMsPerToken = 0.3, .seed = 3}, {.batch = 8, .seed = 5}}));
    return out;
}

void save(QWidget &widget, const QString &folder, const QString &name)
{
    QCoreApplication::processEvents();
    QImage image(widget.size() * 2, QImage::Format_RGB32);
    image.setDevicePixelRatio(2);
    image.fill(Theme::current().window);
    widget.render(&image);
    if (!image.save(folder + QLatin1Char('/') + name + QStringLiteral(".png")))
        std::cerr << "cannot write " << qPrintable(name) << " into " << qPrintable(folder) << '\n';
}

// The column of the run page, 400 x 740.
void renderColumn(const Scene &scene, const QString &folder, const QString &name, QSize size)
{
    QWidget column;
    auto *layout = new QVBoxLayout(&column);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    for (const QString &id : chartIds()) {
        ChartCard *card = makeChartCard(id);
        layout->addWidget(card, 1);
    }
    column.resize(size);
    column.show();
    for (auto *card : column.findChildren<PlotCard *>()) {
        card->setData(scene.data);
        card->setSelectedToken({0, 57});
    }
    QCoreApplication::processEvents();
    for (auto *card : column.findChildren<PlotCard *>())
        card->setData(scene.data);
    save(column, folder, name);
}

void renderLarge(const Scene &scene, const QString &folder, const QString &tone)
{
    for (const QString &id : chartIds()) {
        std::unique_ptr<ChartCard> card(makeChartCard(id));
        card->resize(900, 520);
        card->show();
        for (int view = 0; view < std::max<int>(1, card->views().size()); ++view) {
            card->setView(view);
            card->setData(scene.data);
            QCoreApplication::processEvents();
            save(*card, folder,
                 QStringLiteral("large-%1-%2-%3-%4").arg(id, scene.name).arg(view).arg(tone));
        }
    }
}

// Every card small, with what is read out at a point in its middle.
void renderReadouts(const Scene &scene, const QString &folder)
{
    for (const QString &id : chartIds()) {
        PlotCard card(makeChartSource(id));
        card.resize(400, 190);
        card.show();
        card.setData(scene.data);
        QCoreApplication::processEvents();
        Plot *plot = card.plotView()->plot();
        const QPointF middle = plot->frame().area.center();
        const auto at = nearestPoint(plot->spec(), plot->frame(), plot->look(), middle);
        if (at)
            plot->setReadout(readoutAt(plot->spec(), plot->look(), *at));
        save(card, folder, QStringLiteral("readout-%1-%2").arg(id, scene.name));
    }
}

void renderExports(const Scene &scene, const QString &folder)
{
    std::vector<ExportedChart> charts;
    for (const QString &id : chartIds())
        charts.push_back(exportedChart(*makeChartSource(id), scene.data));
    for (const QString &path :
         exportAll(charts, scene.data, folder + QStringLiteral("/export-") + scene.name))
        std::cout << qPrintable(path) << '\n';
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    if (argc != 2) {
        std::cerr << "usage: render_charts FOLDER\n";
        return 2;
    }
    const QString folder = QString::fromLocal8Bit(argv[1]);
    if (!QDir().mkpath(folder)) {
        std::cerr << "cannot make the folder " << argv[1] << '\n';
        return 1;
    }
    ThemeController theme(application, [] { return false; });
    for (const bool dark : {false, true}) {
        theme.setAppearance(dark ? Appearance::Dark : Appearance::Light);
        const QString tone = dark ? QStringLiteral("dark") : QStringLiteral("light");
        for (const Scene &one : scenes()) {
            renderColumn(one, folder, QStringLiteral("column-%1-%2").arg(one.name, tone),
                         {388, 748});
            if (!dark || one.name == QLatin1String("two-earlier"))
                renderLarge(one, folder, tone);
        }
    }
    for (const Scene &one : scenes())
        renderExports(one, folder);
    for (const Scene &one : scenes())
        renderReadouts(one, folder);
    theme.setAppearance(Appearance::Light);
    theme.setPresenting(true);
    renderColumn(scenes()[2], folder, QStringLiteral("column-presenting"), {760, 1060});
    return 0;
}
