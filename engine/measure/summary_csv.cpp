#include "summary_csv.h"

namespace inferlab {

void appendSummary(CsvLine &line, const std::optional<SampleSummary> &summary)
{
    if (!summary) {
        line.integer(0).empty().empty().empty();
        return;
    }
    line.integer(static_cast<int64_t>(summary->n));
    line.number(summary->p50).number(summary->p90).number(summary->p99);
}

std::string summaryColumns(const std::string &name)
{
    return "," + name + "_n," + name + "_p50_ms," + name + "_p90_ms," + name + "_p99_ms";
}

} // namespace inferlab
