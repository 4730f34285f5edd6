// Tables of run records: RFC 4180 with a header line, units in the column names, empty cells for
// figures that do not exist. Every line carries where its figures come from.
#include "engine/measure/csv_line.h"
#include "engine/measure/metrics.h"
#include "engine/measure/record_format.h"
#include "engine/measure/record_json.h"
#include "engine/measure/settings_list.h"
#include "engine/measure/summary_csv.h"

namespace inferlab {

namespace {

// Settings whose names stand for counts of what happened in these tables.
std::string columnOf(const std::string &setting)
{
    return setting == "requests" || setting == "prompt_tokens" ? "planned_" + setting : setting;
}

std::string originOf(const RunRecord &run)
{
    const Provenance &provenance = run.provenance;
    std::string cells;
    {
        CsvLine line(cells);
        line.text(provenance.program).text(provenance.date).text(provenance.machine);
        line.text(provenance.modelName).text(provenance.modelHash).text(provenance.quantisation);
        for (const NamedSetting &setting : tabledSettings(run.settings))
            line.text(setting.value);
    }
    cells.resize(cells.size() - std::string_view(kCsvLineEnd).size());
    return cells;
}

std::string header(const std::string &columns)
{
    std::string line = columns + ",program,date,machine,model,model_hash,quantisation";
    for (const NamedSetting &setting : tabledSettings({}))
        line += "," + columnOf(setting.name);
    return line + kCsvLineEnd;
}

void appendTokens(const RunRecord &run, const RequestRecord &request, const std::string &origin,
                  std::string &out)
{
    const TokenRecord *before = nullptr;
    int64_t index = 0; // of the event's first token
    for (const TokenRecord &token : request.tokens) {
        CsvLine line(out);
        line.text(run.label).integer(request.id).integer(index).integer(token.count);
        if (token.id >= 0)
            line.integer(token.id);
        else
            line.empty();
        line.text(token.piece).integer(token.ns - request.submittedNs);
        const bool hasGap = before && token.count > 0;
        line.number(hasGap ? std::optional(gapMs(before->ns, token.ns)) : std::nullopt);
        if (token.id >= 0)
            line.number(token.probability);
        else
            line.empty();
        line.plain(origin);
        if (token.count > 0)
            before = &token;
        index += token.count;
    }
}

} // namespace

std::string tokensToCsv(const std::vector<RunRecord> &runs)
{
    std::string out =
        header("run,request,token_index,tokens,token_id,piece,since_submit_ns,itl_ms,probability");
    for (const RunRecord &run : runs) {
        const std::string origin = originOf(run);
        for (const RequestRecord &request : run.requests)
            appendTokens(run, request, origin, out);
    }
    return out;
}

std::string requestsToCsv(const std::vector<RunRecord> &runs)
{
    std::string out =
        header("run,request,prompt_tokens,output_tokens,end_reason,message,queue_ms,ttft_ms,"
               "tpot_ms,e2e_ms,e2e_from_scheduled_ms,normalised_latency_ms_per_tok,user_tok_per_s");
    for (const RunRecord &run : runs) {
        const std::string origin = originOf(run);
        for (const RequestRecord &request : run.requests) {
            CsvLine line(out);
            line.text(run.label).integer(request.id);
            line.integer(request.promptTokens).integer(outputTokens(request));
            line.text(recordEndReason(request.endReason)).text(request.message);
            line.number(queueMs(request)).number(ttftMs(request)).number(tpotMs(request));
            line.number(endToEndMs(request)).number(endToEndFromScheduledMs(request));
            line.number(normalisedLatencyMs(request)).number(userTokPerSecond(request));
            line.plain(origin);
        }
    }
    return out;
}

std::string summaryToCsv(const std::vector<RunRecord> &runs)
{
    std::string out = header("run,requests,completed,failed,cancelled,prompt_tokens,output_tokens,"
                             "duration_s"
                             + summaryColumns("ttft") + summaryColumns("itl")
                             + summaryColumns("tpot") + summaryColumns("e2e")
                             + ",output_tok_per_s,request_per_s,prefill_tok_per_s,decode_tok_per_s,"
                               "user_tok_per_s_p50,mean_concurrency,peak_concurrency");
    for (const RunRecord &run : runs) {
        const RunMetrics m = computeMetrics(run);
        CsvLine line(out);
        line.text(run.label);
        for (const size_t count : {m.requests, m.completed, m.failed, m.cancelled})
            line.integer(static_cast<int64_t>(count));
        line.integer(m.promptTokens).integer(m.outputTokens).number(m.durationS);
        for (const auto *summary : {&m.ttft, &m.itl, &m.tpot, &m.endToEnd})
            appendSummary(line, *summary);
        line.number(m.outputTokPerSecond).number(m.requestPerSecond);
        line.number(m.prefillTokPerSecond).number(m.decodeTokPerSecond);
        line.number(medianOf(m.userTokPerSecond));
        line.number(m.meanConcurrency).integer(m.peakConcurrency);
        line.plain(originOf(run));
    }
    return out;
}

} // namespace inferlab
