#include "comparison_import.h"

#include <QFile>
#include <QFileDialog>
#include <QMenu>
#include <QPushButton>
#include <QThread>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace inferlab {

namespace {

struct Answer
{
    std::vector<ImportedSeries> series;
    QString problem; // empty: none
};

Answer seriesIn(const QStringList &paths)
{
    Answer answer;
    std::vector<std::string> files;
    for (const QString &path : paths)
        files.push_back(QFile::encodeName(path).toStdString());
    try {
        answer.series = importSeries(files);
    } catch (const std::bad_alloc &) {
        answer.problem = QObject::tr("too large for the memory that is free");
    } catch (const std::exception &error) {
        answer.problem = QString::fromUtf8(error.what());
    }
    return answer;
}

} // namespace

ComparisonImport::ComparisonImport(QWidget *parent)
    : QObject(parent)
    , m_button(new QPushButton(tr("Import for comparison…"), parent))
{
    m_button->setToolTip(
        tr("Draw others' results beside this experiment: vLLM's files, the course notebook's "
           "table, runs or an experiment (its experiment.json) of another machine"));
    connect(m_button, &QPushButton::clicked, this, &ComparisonImport::press);
}

ComparisonImport::~ComparisonImport()
{
    if (m_reader != nullptr)
        m_reader->wait();
}

void ComparisonImport::press()
{
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
    if (m_reader != nullptr)
        return;
    m_button->setEnabled(false);
    auto answer = std::make_shared<Answer>();
    m_reader.reset(QThread::create([paths, answer] { *answer = seriesIn(paths); }));
    connect(m_reader.get(), &QThread::finished, this, [this, answer] {
        m_reader->wait();
        m_reader.release()->deleteLater();
        m_button->setEnabled(true);
        if (answer->problem.isEmpty())
            take(answer->series);
        else
            emit failed(tr("Not imported. %1").arg(answer->problem));
    });
    m_reader->start();
}

void ComparisonImport::take(const std::vector<ImportedSeries> &more)
{
    std::vector<ImportedSeries> all =
        m_series == nullptr ? std::vector<ImportedSeries>() : *m_series;
    QStringList names;
    for (const ImportedSeries &series : more) {
        all.push_back(series);
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
