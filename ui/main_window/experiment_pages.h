// The experiments as a page of the window, tied to the run page: a point's run is opened there.
#pragma once

#include <QString>
#include <filesystem>

namespace inferlab {

class ExperimentPage;
class MainWindow;
class Session;

// resultsFolder, calibrations: as ExperimentPage takes them. The session must outlive the window.
ExperimentPage *addExperimentPage(MainWindow &window, Session &session,
                                  const QString &resultsFolder,
                                  const std::filesystem::path &calibrations = {});

} // namespace inferlab
