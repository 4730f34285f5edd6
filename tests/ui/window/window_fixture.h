// A main window with an engine, settings of its own and nothing from the person's home, and the few
// things that every test of it does.
#pragma once

#include "app/session/session.h"
#include "ui/main_window/main_window.h"
#include "ui/settings/settings.h"

#include <QObject>
#include <QTemporaryDir>
#include <memory>

namespace inferlab::test {

class WindowFixture
{
public:
    explicit WindowFixture(EngineSource source);
    ~WindowFixture();

    // A file that exists; the synthetic source does not read it.
    QString someModelFile();
    // Chooses it and waits until it is loaded.
    void loadModel(const QString &path);
    void setPrompt(const QString &text);
    void waitUntilIdle();
    // Presses Run and waits for the end.
    void runToTheEnd();

    QTemporaryDir folder;
    Settings settings;
    std::unique_ptr<Session> session;
    std::unique_ptr<MainWindow> window;
    RunPage *page = nullptr;
};

} // namespace inferlab::test
