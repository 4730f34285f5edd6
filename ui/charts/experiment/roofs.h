// The roofs of the devices that an experiment's points ran on: one for each device and number of
// threads, with a ceiling for each kind of product that their models multiply with.
#pragma once

#include "ui/charts/experiment/experiment_figures.h"

#include <vector>

namespace inferlab {

struct Ceiling
{
    QString name; // "int8"
    double operationsPerSecond = 0;
};

struct Roof
{
    QString name;                  // "GPU", "4 threads"; empty where there is one for all
    double bytesPerSecond = 0;     // of the points' models the one that caches help most
    bool hasCaches = false;        // clearly more than memory gives
    std::vector<Ceiling> ceilings; // at least one
    std::vector<size_t> points;    // below it: indices of the experiment's points
};

// Of the points whose device is known, in their order; empty without an outlook.
std::vector<Roof> roofsOf(const ExperimentFigures &figures);

} // namespace inferlab
