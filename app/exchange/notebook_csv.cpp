#include "notebook_csv.h"

#include "engine/base/number_text.h"
#include "engine/measure/course_notebook.h"
#include "engine/measure/metrics.h"

#include <map>

namespace inferlab {

namespace {

constexpr double kMsPerS = 1e3;

struct BatchFigures
{
    std::vector<double> ttftS, latencyS, tokPerSecond, itlMs;
    int64_t tokens = 0;
    double seconds = 0;
    int runs = 0;
};

std::string cell(const std::vector<double> &sample, double p)
{
    const std::optional<double> value = percentile(sample, p);
    return value ? exactText(*value) : std::string();
}

} // namespace

std::string runsToNotebookCsv(const std::vector<RunRecord> &runs)
{
    std::map<int32_t, BatchFigures> batches;
    for (const RunRecord &run : runs) {
        const RunMetrics metrics = computeMetrics(run);
        if (metrics.outputTokens == 0 || metrics.durationS <= 0)
            continue;
        BatchFigures &figures = batches[run.settings.batch];
        for (const double ms : ttftsMs(run))
            figures.ttftS.push_back(ms / kMsPerS);
        figures.latencyS.push_back(metrics.durationS);
        figures.tokPerSecond.push_back(static_cast<double>(metrics.outputTokens)
                                       / metrics.durationS);
        if (const auto itl = courseNotebookItlMs(run))
            figures.itlMs.push_back(*itl);
        figures.tokens += metrics.outputTokens;
        figures.seconds += metrics.durationS;
        ++figures.runs;
    }
    std::string out =
        "batch_size,p50_ttft_s,p90_ttft_s,p50_latency_s,p90_latency_s,throughput_sustained_tok_s,"
        "throughput_p50_tok_s,throughput_p90_tok_s,itl_p50_ms_per_tok,itl_p90_ms_per_tok,runs\n";
    for (const auto &[batch, figures] : batches) {
        out += std::to_string(batch);
        for (const auto *sample : {&figures.ttftS, &figures.latencyS})
            out += "," + cell(*sample, 50) + "," + cell(*sample, 90);
        out += "," + exactText(static_cast<double>(figures.tokens) / figures.seconds);
        for (const auto *sample : {&figures.tokPerSecond, &figures.itlMs})
            out += "," + cell(*sample, 50) + "," + cell(*sample, 90);
        out += "," + std::to_string(figures.runs) + "\n";
    }
    return out;
}

} // namespace inferlab
