// Lays out summaries in columns.
#include "metrics_table.h"

#include "engine/base/number_text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace inferlab::cli {

namespace {

constexpr int kDigits = 4;    // more than a measurement repeats
constexpr size_t kCells = 10; // the name and nine numbers
using Row = std::array<std::string, kCells>;

template <typename Number>
std::string count(Number number)
{
    return groupedText(static_cast<uint64_t>(number));
}

std::string figure(double value)
{
    return fixedText(value, decimalsFor(value, kDigits));
}

// All numbers of a row with the decimals of its median, so that they can be compared at a glance.
Row rowOf(const char *name, const std::optional<SampleSummary> &summary)
{
    if (!summary)
        return {name, "0", "-", "-", "-", "- ", "- ", "- ", "- ", "-"};
    const SampleSummary &s = *summary;
    const int decimals = decimalsFor(s.p50, kDigits);
    const auto claimed = [&s, decimals](double p, double value) {
        return fixedText(value, decimals) + (s.claims(p) ? " " : "*");
    };
    return {name,
            groupedText(s.n),
            fixedText(s.mean, decimals),
            s.n >= 2 ? fixedText(s.standardDeviation, decimals) : "-",
            fixedText(s.min, decimals),
            claimed(50, s.p50),
            claimed(90, s.p90),
            claimed(95, s.p95),
            claimed(99, s.p99),
            fixedText(s.max, decimals)};
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
    constexpr size_t kNameWidth = 24;
    const std::string text = name;
    out += text + std::string(kNameWidth - text.size(), ' ') + (value ? figure(*value) + unit : "-")
        + '\n';
}

void appendCounts(const RunMetrics &m, std::string &out)
{
    out += count(m.requests) + (m.requests == 1 ? " request: " : " requests: ") + count(m.completed)
        + " completed, " + count(m.failed) + " failed, " + count(m.cancelled) + " cancelled; "
        + count(m.promptTokens) + " prompt tokens, " + count(m.outputTokens) + " output tokens"
        + (m.paddedTokens > 0 ? ", " + count(m.paddedTokens) + " pads" : "") + " in "
        + figure(m.durationS) + " s\n\n";
}

void appendRates(const RunMetrics &m, std::string &out)
{
    appendLine("Throughput", m.outputTokPerSecond, " tok/s total", out);
    appendLine("Prefill", m.prefillTokPerSecond, " tok/s total", out);
    appendLine("Decode", m.decodeTokPerSecond, " tok/s total", out);
    appendLine("Requests", m.requestPerSecond, " requests/s", out);
    const bool hadRequests = m.requests > 0;
    appendLine("Requests at once, mean",
               hadRequests ? std::optional(m.meanConcurrency) : std::nullopt, "", out);
    out += "Requests at once, most  " + (hadRequests ? count(m.peakConcurrency) : "-") + '\n';
    if (!m.sloAttainment)
        return;
    appendLine("Targets met", *m.sloAttainment * 100.0, "%", out);
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
        rowOf("Per user, tok/s/user", m.userTokPerSecond)};
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
