#include "run_keeper.h"

#include <algorithm>
#include <stdexcept>

namespace inferlab {

void keepMeasured(const RunKeeper &keeper, const ExperimentResult &result, size_t point,
                  int32_t repeat)
{
    const std::vector<MeasuredRun> &runs = result.points.at(point).runs;
    const auto run = std::find_if(runs.begin(), runs.end(), [repeat](const MeasuredRun &measured) {
        return measured.repeat == repeat;
    });
    if (run == runs.end())
        throw std::logic_error("a run that was not measured cannot be kept");
    keeper(*run->record, RunPlace {resultIdentity(result), static_cast<int>(point), repeat});
}

std::string notKeptLine(const std::exception &error)
{
    return std::string("This run is not in the history yet; it is tried again with the next one: ")
        + error.what();
}

} // namespace inferlab
