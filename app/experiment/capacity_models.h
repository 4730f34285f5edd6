// The models of an experiment as the question of how many users fit takes them: one, or one for
// each file where files are what varies.
#pragma once

#include "app/experiment/experiment_outlook.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

struct CapacityModel
{
    std::string name; // "Q8_0"; empty where there is one for all points
    uint64_t weightBytes = 0;
    uint64_t kvBytesPerToken = 0;
};

// With the plan's own cache type; in the order of the points. Empty where no file could be read.
std::vector<CapacityModel> capacityModels(const ExperimentResult &result,
                                          const ExperimentOutlook *outlook);

} // namespace inferlab
