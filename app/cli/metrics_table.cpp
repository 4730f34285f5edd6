// Lays out summaries in columns.
#include "metrics_table.h"

#include "engine/measure/number_text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace inferlab::cli {

namespace {

constexpr int kDigits = 5;    // more than a measurement repeats
constexpr size_t kCells = 10; // the name and nine numbers
using Row = std::array<std::string, kCells>;

std::string claimed(const SampleSummary &summary, double p, double value)
{
    return shortText(value, kDigits) + (summary.claims(p) ? " " : "*");
}

Row rowOf(const char *name, const std::optional<SampleSummary> &summary)
{
    if (!summary)
        return {name, "0", "-", "-", "-", "- ", "- ", "- ", "- ", "-"};
    const SampleSummary &s = *summary;
    return {name,
            std::to_string(s.n),
            shortText(s.mean, kDigits),
            s.n >= 2 ? shortText(s.standardDeviation, kDigits) : "-",
            shortText(s.min, kDigits),
            claimed(s, 50, s.p50),
            claimed(s, 90, s.p90),
            claimed(s, 95, s.p95),
            claimed(s, 99, s.p99),
            shortText(s.max, kDigits)};
}

void appendTable(const std::vector<Row> &rows, std::string &out)
{
    std::array<size_t, kCells> widths {};
    for (const Row &row : rows) {
        for (size_t i = 0; i < kCells; ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    for (const Row &row : rows) {
        out += row[0] + std::string(widths[0] - row[0].size(), ' ');
        for (size_t i = 1; i < kCells; ++i)
            out += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
        out += '\n';
    }
}

void appendLine(const char *name, std::optional<double> value, const char *unit, std::string &out)
{
    constexpr size_t kNameWidth = 28;
    const std::string text = name;
    out += text + std::string(kNameWidth - text.size(), ' ')
        + (value ? shortText(*value, kDigits) + unit : "-") + '\n';
}

void appendCounts(const RunMetrics &m, std::string &out)
{
    out += std::to_string(m.requests) + (m.requests == 1 ? " request: " : " requests: ")
        + std::to_string(m.completed) + " completed, " + std::to_string(m.failed) + " failed, "
        + std::to_string(m.cancelled) + " cancelled; " + std::to_string(m.promptTokens)
        + " prompt tokens, " + std::to_string(m.outputTokens) + " output tokens in "
        + shortText(m.durationS, kDigits) + " s\n\n";
}

void appendRates(const RunMetrics &m, std::string &out)
{
    appendLine("Throughput", m.outputTokPerSecond, " tok/s", out);
    appendLine("Requests", m.requestPerSecond, " /s", out);
    appendLine("Prefill", m.prefillTokPerSecond, " tok/s", out);
    appendLine("Decode, all sequences", m.decodeTokPerSecond, " tok/s", out);
    const bool hadRequests = m.requests > 0;
    appendLine("Concurrency, mean", hadRequests ? std::optional(m.meanConcurrency) : std::nullopt,
               "", out);
    appendLine("Concurrency, peak",
               hadRequests ? std::optional<double>(m.peakConcurrency) : std::nullopt, "", out);
    if (!m.sloAttainment)
        return;
    appendLine("Targets met", *m.sloAttainment * 100.0, " %", out);
    appendLine("Goodput", m.goodputRequestPerSecond, " requests/s", out);
}

} // namespace

std::string metricsTable(const RunMetrics &m)
{
    const std::vector<Row> rows {
        {"", "n", "mean", "std", "min", "P50 ", "P90 ", "P95 ", "P99 ", "max"},
        rowOf("TTFT, ms", m.ttft),
        rowOf("ITL, ms", m.itl),
        rowOf("TPOT, ms", m.tpot),
        rowOf("E2E, ms", m.endToEnd),
        rowOf("E2E from schedule, ms", m.endToEndFromScheduled),
        rowOf("Queue, ms", m.queue),
        rowOf("Per user, tok/s", m.userTokPerSecond)};
    std::string out;
    appendCounts(m, out);
    appendTable(rows, out);
    const bool hasMark = out.find('*') != std::string::npos;
    if (hasMark) {
        out += "* too few samples: P90 needs " + std::to_string(samplesNeeded(90)) + ", P95 "
            + std::to_string(samplesNeeded(95)) + ", P99 " + std::to_string(samplesNeeded(99))
            + '\n';
    }
    out += '\n';
    appendRates(m, out);
    return out;
}

} // namespace inferlab::cli
