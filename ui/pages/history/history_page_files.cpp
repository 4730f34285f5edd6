// Runs of the history as files, and files as runs of it.
#include "app/history/history.h"
#include "engine/base/error.h"
#include "history_page.h"
#include "history_words.h"
#include "run_export.h"
#include "ui/widgets/error_bar.h"

#include <QFile>
#include <QFileDialog>
#include <QPushButton>
#include <QThread>
#include <array>
#include <cmath>
#include <utility>

namespace inferlab {

namespace {

struct FileKind
{
    ExchangeFormat format;
    const char *filter;
};

constexpr std::array<FileKind, 4> kKinds {
    {{ExchangeFormat::InferLab, QT_TRANSLATE_NOOP("QObject", "InferLab runs (*.json)")},
     {ExchangeFormat::Aiperf, QT_TRANSLATE_NOOP("QObject", "AIPerf profile_export (*.jsonl)")},
     {ExchangeFormat::Notebook, QT_TRANSLATE_NOOP("QObject", "Course notebook's table (*.csv)")},
     {ExchangeFormat::Vllm, QT_TRANSLATE_NOOP("QObject", "vLLM bench serve, one run (*.json)")}}};

struct Imported
{
    int runs = 0;
    QStringList problems; // a line each
};

Imported importInto(History &history, const QStringList &files)
{
    Imported out;
    for (const QString &file : files) {
        if (QThread::currentThread()->isInterruptionRequested())
            break; // the window closes
        try {
            for (const RunRecord &run : readRunsFile(QFile::encodeName(file).toStdString())) {
                history.save(run);
                ++out.runs;
            }
        } catch (const std::bad_alloc &) {
            out.problems << QObject::tr("%1: too large for the memory that is free").arg(file);
        } catch (const std::exception &error) {
            out.problems << QString::fromUtf8(error.what());
        }
    }
    return out;
}

} // namespace

void HistoryPage::chooseExport()
{
    if (m_exporter != nullptr) {
        m_exporter->stop();
        return;
    }
    QStringList filters;
    for (const FileKind &kind : kKinds)
        filters << QObject::tr(kind.filter);
    QString chosen;
    const QString file = QFileDialog::getSaveFileName(this, tr("Export the marked runs"),
                                                      QStringLiteral("runs.json"),
                                                      filters.join(QStringLiteral(";;")), &chosen);
    if (file.isEmpty())
        return;
    const auto at = std::max<qsizetype>(filters.indexOf(chosen), 0);
    exportMarked(file, kKinds[static_cast<size_t>(at)].format);
}

void HistoryPage::exportMarked(const QString &file, ExchangeFormat format)
{
    const std::vector<int64_t> ids = marked();
    if (ids.empty() || m_exporter != nullptr)
        return;
    m_exporter = new RunExport(*m_history, ids, file, format, this);
    connect(m_exporter, &RunExport::progressed, this, &HistoryPage::refreshExport);
    connect(m_exporter, &RunExport::written, this, [this, file](int64_t runs) {
        endExport();
        m_bar->showNotice(tr("Exported %1 to %2").arg(historyWords::runs(runs), file));
    });
    connect(m_exporter, &RunExport::failed, this, [this](const QString &line) {
        endExport();
        showError(tr("Not exported. %1").arg(line));
    });
    connect(m_exporter, &RunExport::stopped, this, [this] {
        endExport();
        m_bar->showNotice(tr("Export stopped: no file was written"));
    });
    refreshExport();
    m_exporter->start();
}

void HistoryPage::endExport()
{
    std::exchange(m_exporter, nullptr)->deleteLater();
    refreshExport();
}

// The button says how far it is, and stops it.
void HistoryPage::refreshExport()
{
    m_export->setText(m_exporter == nullptr
                          ? tr("Export…")
                          : tr("Stop export, %1%").arg(std::lround(m_exporter->share() * 100)));
    m_export->setEnabled(m_exporter != nullptr || !marked().empty());
}

void HistoryPage::chooseImport()
{
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Import runs"), QString(),
                                                            tr("Runs (*.json);;All files (*)"));
    if (!files.isEmpty())
        importFiles(files);
}

void HistoryPage::importFiles(const QStringList &files)
{
    if (m_history == nullptr || m_importer != nullptr)
        return;
    m_import->setEnabled(false);
    auto imported = std::make_shared<Imported>();
    m_importer.reset(
        QThread::create([this, files, imported] { *imported = importInto(*m_history, files); }));
    connect(m_importer.get(), &QThread::finished, this, [this, imported] {
        m_importer->wait();
        m_importer.release()->deleteLater();
        m_import->setEnabled(true);
        const QString count = historyWords::runs(imported->runs);
        if (imported->problems.isEmpty())
            m_bar->showNotice(tr("Imported %1").arg(count));
        else
            showError(tr("Imported %1; not imported: %2")
                          .arg(count, imported->problems.join(QStringLiteral("; "))));
    });
    m_importer->start();
}

} // namespace inferlab
