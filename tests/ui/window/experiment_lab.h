// The experiments page in a window on a real engine and a tiny model, and what its tests do with
// it.
#pragma once

#include "window_fixture.h"

#include "app/experiment/experiment.h"

#include <QString>

class QPushButton;

namespace inferlab {

class ExperimentPage;

namespace test {

inline constexpr int kPatienceMs = 60000;

QString tinyModel();
Experiment tinyPlan(int repeats); // "tiny": batch 1 and 2, some milliseconds a run

struct ExperimentLab
{
    explicit ExperimentLab(EngineSource source = EngineSource::real({}));
    // Anew, as the next start of the program makes it.
    void makePage();
    void open(const Experiment &experiment); // as a plan's file
    void run(const Experiment &experiment);  // to its end
    // Until it has measured so many runs and some more may follow; then stopped.
    void runUntil(size_t runs);
    void click(QPushButton *button);
    bool waitForEnd();
    QString results() const;      // where they lie
    QString calibrations() const; // a file that may be there

    WindowFixture fixture;
    ExperimentPage *page = nullptr;
};

} // namespace test

} // namespace inferlab
