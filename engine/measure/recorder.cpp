// Sorts the events of step reports into the requests that they belong to.
#include "engine/measure/recorder.h"

#include "engine/measure/metrics.h"

#include <algorithm>
#include <utility>

namespace inferlab {

RunRecorder::RunRecorder(RunRecord head)
    : m_record(std::move(head))
{
    for (const RequestRecord &request : m_record.requests)
        m_outputTokens += inferlab::outputTokens(request);
}

void RunRecorder::submitted(RequestId id, int64_t scheduledNs, int64_t submittedNs,
                            int32_t promptTokens)
{
    RequestRecord request;
    request.id = id;
    // 0: due when submitted. A caller may stamp the two in either order.
    request.scheduledNs = scheduledNs != 0 ? std::min(scheduledNs, submittedNs) : submittedNs;
    request.submittedNs = submittedNs;
    request.promptTokens = promptTokens;
    m_record.requests.push_back(std::move(request));
}

// Events of requests that were not submitted through this recorder (the rest of an earlier run on
// the same engine) are not part of this run.
void RunRecorder::add(const StepReport &report)
{
    for (const RequestId id : report.started) {
        if (RequestRecord *request = find(id))
            request->startedNs = report.startNs;
    }
    for (const TokenEvent &event : report.tokens) {
        RequestRecord *request = find(event.request);
        if (!request)
            continue;
        TokenRecord token;
        token.ns = event.ns;
        token.id = event.id;
        token.piece = event.piece;
        token.probability = event.probability;
        token.runnersUp.assign(event.runnersUp.begin(), event.runnersUp.end());
        m_outputTokens += token.count;
        request->tokens.push_back(std::move(token));
        request->text += event.text;
    }
    for (const FinishedRequest &finished : report.finished) {
        RequestRecord *request = find(finished.request);
        if (!request)
            continue;
        // A request that is cancelled between two steps may be stamped before its last token is
        // reported.
        request->endNs = finished.ns;
        if (!request->tokens.empty())
            request->endNs = std::max(request->endNs, request->tokens.back().ns);
        request->endReason = finished.reason;
        request->message = finished.message;
        request->text += finished.text;
    }
    if (!report.idle) {
        m_record.steps.push_back({report.startNs, report.endNs, report.prefillTokens,
                                  report.decodeTokens, report.running, report.paddedTokens,
                                  report.deviceNs, report.launches, report.replayed,
                                  report.devicePhases});
    }
}

RequestRecord *RunRecorder::find(RequestId id) noexcept
{
    auto &requests = m_record.requests;
    if (requests.empty())
        return nullptr;
    // An engine counts its requests up, so the place follows from the first id; the search is for
    // callers that submit in another order.
    const int64_t place = int64_t {id} - requests.front().id;
    if (place >= 0 && place < static_cast<int64_t>(requests.size())) {
        RequestRecord &guess = requests[static_cast<size_t>(place)];
        if (guess.id == id)
            return &guess;
    }
    const auto found = std::find_if(requests.begin(), requests.end(),
                                    [id](const RequestRecord &r) { return r.id == id; });
    return found == requests.end() ? nullptr : &*found;
}

} // namespace inferlab
