// Keeps the marked token.
#include "token_selection.h"

#include <algorithm>

namespace inferlab {

void TokenSelection::set(TokenRef &member, TokenRef token)
{
    const TokenRef before = current();
    member = token;
    if (!(current() == before))
        emit changed(current());
}

void TokenSelection::point(TokenRef token)
{
    set(m_pointed, token);
}

void TokenSelection::pin(TokenRef token)
{
    set(m_pinned, token);
}

void TokenSelection::clear()
{
    m_pinned = {};
    set(m_pointed, {});
    emit changed({});
}

void TokenSelection::step(const RunRecord &run, int answer, int by)
{
    const TokenRef from = current();
    const int request = from.isValid() ? from.request : answer;
    if (request < 0 || static_cast<size_t>(request) >= run.requests.size())
        return;
    const auto count = static_cast<int>(run.requests[static_cast<size_t>(request)].tokens.size());
    if (count == 0)
        return;
    const int index = from.isValid() ? from.index + by : 0;
    m_pointed = {}; // stepping goes on from where the pointer was, and takes over
    set(m_pinned, {request, std::clamp(index, 0, count - 1)});
    emit changed(current());
}

} // namespace inferlab
