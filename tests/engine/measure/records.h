// Run records with known answers, for the tests of engine/measure. Times in milliseconds.
#pragma once

#include "engine/measure/run_record.h"

#include <initializer_list>

namespace inferlab::test {

inline int64_t msToNs(double ms)
{
    return static_cast<int64_t>(ms * 1e6 + 0.5);
}

inline TokenRecord tokenAt(double ms, int32_t count = 1)
{
    TokenRecord token;
    token.ns = msToNs(ms);
    token.count = count;
    return token;
}

// Submitted at 0, with one token at each time; ends with the last.
inline RequestRecord requestWith(std::initializer_list<double> tokenMs)
{
    RequestRecord request;
    for (const double at : tokenMs)
        request.tokens.push_back(tokenAt(at));
    if (!request.tokens.empty())
        request.endNs = request.tokens.back().ns;
    request.endReason = EndReason::Length;
    return request;
}

// A remote server's answer: a chunk without content, then chunks, one of them of two tokens, then
// its usage line.
inline RequestRecord chunkedRequest()
{
    RequestRecord request;
    request.tokens = {tokenAt(50, 0), tokenAt(200),    tokenAt(230),
                      tokenAt(260),   tokenAt(340, 2), tokenAt(360)};
    request.endNs = msToNs(365);
    request.endReason = EndReason::Stop;
    return request;
}

// A first token after `ttft`, then `gaps` gaps of `gap`.
inline RequestRecord steadyRequest(int32_t id, double ttft, int gaps, double gap)
{
    RequestRecord request;
    request.id = id;
    for (int i = 0; i <= gaps; ++i)
        request.tokens.push_back(tokenAt(ttft + i * gap));
    request.endNs = request.tokens.back().ns;
    request.endReason = EndReason::Length;
    return request;
}

// Two requests of different speed, both submitted at 0: 112 tokens in 5.3 s.
inline RunRecord fastAndSlow()
{
    RunRecord run;
    run.requests = {steadyRequest(0, 100, 10, 10), steadyRequest(1, 300, 100, 50)};
    return run;
}

// Moves every time that is set.
inline void shift(RunRecord &run, int64_t ns)
{
    for (RequestRecord &request : run.requests) {
        request.scheduledNs += ns;
        request.submittedNs += ns;
        request.startedNs += request.startedNs != 0 ? ns : 0;
        request.endNs += request.endNs != 0 ? ns : 0;
        for (TokenRecord &token : request.tokens)
            token.ns += ns;
    }
    for (StepRecord &step : run.steps) {
        step.startNs += ns;
        step.endNs += ns;
    }
}

} // namespace inferlab::test
