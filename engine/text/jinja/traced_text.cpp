// Bytes and their runs of one origin.
#include "traced_text.h"

#include <algorithm>

namespace inferlab::jinja {

TracedText::TracedText(std::string text, bool fromTemplate)
    : m_text(std::move(text))
{
    if (!m_text.empty())
        m_runs.push_back({m_text.size(), fromTemplate});
}

bool TracedText::isAllFromTemplate() const noexcept
{
    return std::all_of(m_runs.begin(), m_runs.end(),
                       [](const Run &run) { return run.fromTemplate; });
}

void TracedText::append(std::string_view text, bool fromTemplate)
{
    if (text.empty())
        return;
    m_text += text;
    if (!m_runs.empty() && m_runs.back().fromTemplate == fromTemplate)
        m_runs.back().end = m_text.size();
    else
        m_runs.push_back({m_text.size(), fromTemplate});
}

void TracedText::append(const TracedText &other)
{
    size_t begin = 0;
    for (const Run &run : other.m_runs) {
        append(std::string_view(other.m_text).substr(begin, run.end - begin), run.fromTemplate);
        begin = run.end;
    }
}

TracedText TracedText::slice(size_t begin, size_t length) const
{
    TracedText part;
    const size_t end = begin + length;
    auto run = std::upper_bound(m_runs.begin(), m_runs.end(), begin,
                                [](size_t position, const Run &r) { return position < r.end; });
    for (; begin < end && run != m_runs.end(); ++run) {
        const size_t to = std::min(end, run->end);
        part.append(std::string_view(m_text).substr(begin, to - begin), run->fromTemplate);
        begin = to;
    }
    return part;
}

} // namespace inferlab::jinja
