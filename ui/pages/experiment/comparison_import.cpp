#include "comparison_import.h"

#include <QFile>
#include <QFileDialog>
#include <QMenu>
#include <QPushButton>
#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace inferlab {

namespace {

std::vector<ImportedSeries> seriesIn(const QStringList &paths, const std::atomic<bool> &stop)
{
    std::vector<std::string> files;
    for (const QString &path : paths)
        files.push_back(QFile::encodeName(path).toStdString());
    try {
        return importSeries(files, &stop);
    } catch (const std::bad_alloc &) {
        throw std::runtime_error(
            QObject::tr("too large for the memory that is free").toStdString());
    }
}

} // namespace

ComparisonImport::ComparisonImport(QWidget *parent)
    : QObject(parent)
    , m_button(new QPushButton(parent))
{
    showState();
    m_button->setToolTip(
        tr("Draw others' results beside this experiment: vLLM's files, the course notebook's "
           "table, runs or an experiment (its experiment.json) of another machine"));
    connect(m_button, &QPushButton::clicked, this, &ComparisonImport::press);
}

void ComparisonImport::press()
{
    if (m_reading.isWorking()) {
        m_reading.cancel();
        showState();
        return;
    }
    if (m_series == nullptr) {
        choose();
        return;
    }
    QMenu menu;
    connect(menu.addAction(tr("Import more…")), &QAction::triggered, this,
            &ComparisonImport::choose);
    connect(menu.addAction(tr("Take the imported away")), &QAction::triggered, this,
            &ComparisonImport::clear);
    menu.exec(m_button->mapToGlobal(QPoint(0, m_button->height())));
}

void ComparisonImport::choose()
{
    const QStringList files =
        QFileDialog::getOpenFileNames(m_button->window(), tr("Import for comparison"), QString(),
                                      tr("Results (*.json *.csv);;All files (*)"));
    if (!files.isEmpty())
        read(files);
}

void ComparisonImport::read(const QStringList &paths)
{
    if (m_reading.isWorking())
        return;
    m_reading.start([paths](const std::atomic<bool> &stop) { return seriesIn(paths, stop); },
                    [this](const std::vector<ImportedSeries> &series) {
                        showState();
                        take(series);
                    },
                    [this](const QString &problem) {
                        showState();
                        emit failed(tr("Not imported. %1").arg(problem));
                    });
    showState();
}

void ComparisonImport::showState()
{
    m_button->setText(m_reading.isWorking() ? tr("Stop import") : tr("Import for comparison…"));
}

void ComparisonImport::take(const std::vector<ImportedSeries> &more)
{
    std::vector<ImportedSeries> all =
        m_series == nullptr ? std::vector<ImportedSeries>() : *m_series;
    const size_t before = all.size();
    all.insert(all.end(), more.begin(), more.end());
    nameApart(all);
    QStringList names;
    for (size_t i = before; i < all.size(); ++i) {
        const ImportedSeries &series = all[i];
        names << QStringLiteral("%1 (%2 points)")
                     .arg(QString::fromStdString(series.name))
                     .arg(series.points.size());
    }
    m_series = std::make_shared<const std::vector<ImportedSeries>>(std::move(all));
    emit noticed(tr("Imported %1: drawn where batch or requests in flight vary")
                     .arg(names.join(QStringLiteral(", "))));
    emit changed();
}

void ComparisonImport::clear()
{
    m_series.reset();
    emit changed();
}

} // namespace inferlab
