// Reads a growing run by one cursor for each request.
#include "engine/measure/pooled_itl.h"

#include "engine/measure/metrics.h"

#include <algorithm>

namespace inferlab {

void PooledItl::update(const RunRecord &run)
{
    if (!continues(run)) {
        m_cursors.clear();
        m_sorted.clear();
    }
    m_cursors.resize(run.requests.size());
    m_new.clear();
    for (size_t i = 0; i < run.requests.size(); ++i)
        readNew(run.requests[i], m_cursors[i]);
    std::sort(m_new.begin(), m_new.end());
    const auto middle = static_cast<std::ptrdiff_t>(m_sorted.size());
    m_sorted.insert(m_sorted.end(), m_new.begin(), m_new.end());
    std::inplace_merge(m_sorted.begin(), m_sorted.begin() + middle, m_sorted.end());
}

std::optional<SampleSummary> PooledItl::summary() const
{
    if (m_sorted.empty())
        return std::nullopt;
    return summariseSorted(m_sorted);
}

// A request that failed takes its gaps with it, which a sorted sample cannot give back: read anew.
bool PooledItl::continues(const RunRecord &run) const
{
    if (run.requests.size() < m_cursors.size())
        return false;
    for (size_t i = 0; i < m_cursors.size(); ++i) {
        const RequestRecord &request = run.requests[i];
        const Cursor &cursor = m_cursors[i];
        const bool failed = request.endReason == EndReason::Error;
        if (request.tokens.size() < cursor.tokens || request.submittedNs != cursor.submittedNs
            || failed != cursor.failed)
            return false;
    }
    return true;
}

void PooledItl::readNew(const RequestRecord &request, Cursor &cursor)
{
    cursor.submittedNs = request.submittedNs;
    cursor.failed = request.endReason == EndReason::Error;
    if (cursor.failed)
        return;
    for (; cursor.tokens < request.tokens.size(); ++cursor.tokens) {
        const TokenRecord &token = request.tokens[cursor.tokens];
        if (token.count <= 0)
            continue;
        if (cursor.hasLast)
            m_new.push_back(gapMs(cursor.lastNs, token.ns));
        cursor.lastNs = token.ns;
        cursor.hasLast = true;
    }
}

} // namespace inferlab
