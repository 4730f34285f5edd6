// The history and the comparison as pages of the window, tied to the run page: a run that was kept
// is opened there, put on its charts, or run again.
#pragma once

namespace inferlab {

class ComparePage;
class History;
class HistoryPage;
class MainWindow;
class Settings;

struct HistoryPages
{
    HistoryPage *history = nullptr;
    ComparePage *compare = nullptr;
};

// history: null where none is kept. Both it and the settings must outlive the window.
HistoryPages addHistoryPages(MainWindow &window, History *history, const Settings &settings);

} // namespace inferlab
