// Files that come into the window: chosen, dropped, or named on the command line.
#include "main_window.h"

#include "app/session/session.h"
#include "engine/base/error.h"
#include "engine/base/mapped_file.h"
#include "engine/measure/record_json.h"
#include "page_bar.h"
#include "ui/pages/run_page.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QThread>
#include <QUrl>
#include <exception>
#include <memory>

namespace inferlab {

namespace {

// The one local file of a drag; empty when it is something else.
QString draggedFile(const QMimeData *data)
{
    const QList<QUrl> urls = data->urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

struct ReadResult
{
    std::vector<RunRecordPtr> runs;
    QString error;
};

ReadResult readRecord(const QString &path)
{
    ReadResult result;
    try {
        // Mapped, a file larger than the memory is found out by its first wrong byte.
        const MappedFile file(QFile::encodeName(path).toStdString());
        const auto bytes = file.bytes();
        const std::string_view json(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        for (RunRecord &run : runsFromJson(json, path.toStdString()))
            result.runs.push_back(std::make_shared<RunRecord>(std::move(run)));
    } catch (const InputError &error) {
        result.error = QString::fromUtf8(error.what());
    } catch (const std::bad_alloc &) {
        result.error = QObject::tr("%1: too large for the memory that is free").arg(path);
    } catch (const std::exception &error) { // nothing may leave this thread
        result.error = QObject::tr("%1: %2").arg(path, QString::fromUtf8(error.what()));
    }
    return result;
}

} // namespace

void MainWindow::openFile(const QString &path)
{
    const QFileInfo info(path);
    m_pageBar->showPage(m_pageBar->ids().front()); // where it is shown, or why it cannot be
    if (!info.exists())
        m_page->showError(tr("%1: there is no such file").arg(path));
    else if (info.isDir())
        m_page->showError(tr("%1 is a folder: open a GGUF file or a run JSON in it").arg(path));
    else if (info.suffix().compare(QLatin1String("json"), Qt::CaseInsensitive) == 0)
        openRecord(path);
    else
        m_page->chooseModel(info.absoluteFilePath());
}

// A long record takes a second to read: not on this thread.
void MainWindow::openRecord(const QString &path)
{
    if (m_reader != nullptr) {
        m_page->showError(tr("%1: another file is being read; open it again after that").arg(path));
        return;
    }
    if (m_page->isRunning()) {
        m_page->showError(tr("A run is going on: stop it (Esc), then open the file again"));
        return;
    }
    auto result = std::make_shared<ReadResult>();
    m_reader = QThread::create([result, path] { *result = readRecord(path); });
    connect(m_reader, &QThread::finished, this, [this, result, path] {
        m_reader->deleteLater();
        m_reader = nullptr;
        if (!result->error.isEmpty())
            m_page->showError(result->error);
        else if (result->runs.empty())
            m_page->showError(tr("%1: there is no run in it").arg(path));
        else if (m_page->isRunning())
            m_page->showError(
                tr("A run began while %1 was read: open it again after that").arg(path));
        else
            m_page->showRuns(result->runs);
    });
    m_reader->start();
}

void MainWindow::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a model or a run"), QString(),
        tr("Models and runs (*.gguf *.json);;GGUF models (*.gguf);;Runs (*.json);;All files (*)"));
    if (!path.isEmpty())
        openFile(path);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!draggedFile(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QString path = draggedFile(event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    openFile(path);
}

} // namespace inferlab
