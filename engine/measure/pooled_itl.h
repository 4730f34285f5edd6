// The pooled gaps of a run that grows, kept sorted: for charts that draw percentiles once a frame
// while hundreds of sequences write thousands of tokens. The figures are those of
// summarise(pooledItlMs(run)).
#pragma once

#include "engine/measure/percentile.h"
#include "engine/measure/run_record.h"

#include <span>
#include <vector>

namespace inferlab {

class PooledItl
{
public:
    // Takes in what the run has gained since the last call: the time is that of sorting the new
    // gaps and of one merge. A record that cannot be the same run grown is read from its beginning.
    void update(const RunRecord &run);

    size_t size() const noexcept { return m_sorted.size(); }
    std::span<const double> sortedMs() const noexcept { return m_sorted; }
    // Nullopt without gaps. Linear in their number (mean and deviation); percentileOfSorted() is
    // not.
    std::optional<SampleSummary> summary() const;

private:
    struct Cursor
    {
        size_t tokens = 0;       // events read
        int64_t submittedNs = 0; // tells one run from the next
        int64_t lastNs = 0;      // of the last event with content
        bool hasLast = false;
        bool failed = false; // its gaps are not in the sample
    };
    bool continues(const RunRecord &run) const;
    void readNew(const RequestRecord &request, Cursor &cursor);

    std::vector<Cursor> m_cursors;
    std::vector<double> m_sorted;
    std::vector<double> m_new;
};

} // namespace inferlab
