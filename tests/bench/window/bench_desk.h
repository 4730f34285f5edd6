// The window on the bench: the real one, with all charts, over any source of tokens.
#pragma once

#include "app/session/session.h"
#include "metered_application.h"
#include "ui/main_window/main_window.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme_controller.h"

namespace inferlab::bench {

class BenchDesk
{
public:
    // Shows the window and waits until it is painted.
    BenchDesk(MeteredApplication &application, EngineSource source);

    Session &session() noexcept { return m_session; }
    MainWindow &window() noexcept { return m_window; }

    // Runs and waits for the end, with the event loop running. Null when it failed; the line is on
    // stderr.
    RunRecordPtr run(const RunPlan &plan);
    // Presses Run. Milliseconds until the first token is on the screen; nullopt when it failed.
    std::optional<double> firstTokenMs();

private:
    MeteredApplication &m_application;
    ThemeController m_theme;
    Settings m_settings; // attached to no file
    Session m_session;
    MainWindow m_window;
};

} // namespace inferlab::bench
