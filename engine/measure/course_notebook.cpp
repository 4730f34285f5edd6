#include "engine/measure/course_notebook.h"

#include "engine/measure/concurrency.h"
#include "engine/measure/metrics.h"

namespace inferlab {

std::optional<double> courseNotebookItlMs(const RunRecord &run)
{
    int64_t tokens = 0;
    for (const RequestRecord &request : run.requests)
        tokens += request.endReason == EndReason::Error ? 0 : outputTokens(request);
    const double seconds = concurrencyOf(run).durationS;
    if (tokens <= 0 || seconds <= 0.0)
        return std::nullopt;
    return 1000.0 * seconds / static_cast<double>(tokens);
}

} // namespace inferlab
