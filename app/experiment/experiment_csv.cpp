#include "experiment_csv.h"

#include "app/experiment/point_summary.h"
#include "app/run_setup/run_requests.h"
#include "engine/measure/csv_line.h"
#include "engine/measure/metrics.h"
#include "engine/measure/settings_list.h"
#include "engine/measure/summary_csv.h"

namespace inferlab {

namespace {

constexpr const char *kPointColumns = "experiment,point,label,model_file";
constexpr const char *kOriginColumns = "program,date,machine,model,model_hash,quantisation";

// A setting's column, as plans of experiments call it; empty for the round, which is the repeat.
std::string columnOf(const std::string &setting)
{
    if (setting == "round")
        return {};
    if (setting == "max_new_tokens")
        return "new_tokens";
    return setting == "seed" ? "experiment_seed" : setting;
}

// What the point was, of every table the first columns; as a run of it has it, where there is one.
void addPoint(CsvLine &line, const ExperimentResult &result, const PointResult &point,
              const RunRecord *run)
{
    RunSettings settings = point.point.settings.run;
    settings.sampling.seed = result.experiment.seed;
    if (run != nullptr)
        settings = run->settings;
    settings.requests = requestsOf(settings);
    line.text(result.experiment.name).integer(static_cast<int64_t>(point.point.index));
    line.text(point.point.label).text(point.point.settings.modelFile);
    for (const NamedSetting &setting : tabledSettings(settings)) {
        if (!columnOf(setting.name).empty())
            line.text(setting.value);
    }
}

void addOrigin(CsvLine &line, const Provenance &origin)
{
    line.text(origin.program).text(origin.date).text(origin.machine);
    line.text(origin.modelName).text(origin.modelHash).text(origin.quantisation);
}

void addMemory(CsvLine &line, uint64_t weights, uint64_t cache, uint64_t workspace)
{
    for (const uint64_t bytes : {weights, cache, workspace})
        line.plain(std::to_string(bytes));
}

std::string figureColumns()
{
    return summaryColumns("ttft") + summaryColumns("itl") + summaryColumns("tpot")
        + summaryColumns("e2e");
}

void addRun(std::string &out, const ExperimentResult &result, const PointResult &point,
            const MeasuredRun &run)
{
    const RunMetrics metrics = computeMetrics(*run.record);
    CsvLine line(out);
    addPoint(line, result, point, run.record.get());
    line.integer(run.repeat);
    for (const size_t count : {metrics.completed, metrics.failed, metrics.cancelled})
        line.integer(static_cast<int64_t>(count));
    line.integer(metrics.promptTokens).integer(metrics.outputTokens).number(metrics.durationS);
    for (const auto *summary : {&metrics.ttft, &metrics.itl, &metrics.tpot, &metrics.endToEnd})
        appendSummary(line, *summary);
    line.number(metrics.outputTokPerSecond).number(metrics.requestPerSecond);
    line.number(metrics.prefillTokPerSecond).number(metrics.decodeTokPerSecond);
    line.number(metrics.meanConcurrency).integer(metrics.peakConcurrency);
    line.integer(run.usefulTokens).integer(run.paddedTokens);
    addMemory(line, run.weightBytes, run.cacheBytes, run.workspaceBytes);
    const MachineNote &machine = run.machine;
    line.number(machine.loadPerCore).number(machine.othersShare).number(machine.stolenShare);
    line.number(machine.frequencyMhz).boolean(machine.throttled).boolean(machine.gpuThrottled);
    addOrigin(line, run.record->provenance);
}

void addRequests(std::string &out, const ExperimentResult &result, const PointResult &point,
                 const MeasuredRun &run)
{
    for (const RequestRecord &request : run.record->requests) {
        CsvLine line(out);
        addPoint(line, result, point, run.record.get());
        line.integer(run.repeat).integer(request.id);
        line.integer(request.promptTokens).integer(outputTokens(request));
        line.text(endReasonName(request.endReason)).text(request.message);
        line.number(queueMs(request)).number(ttftMs(request)).number(tpotMs(request));
        line.number(endToEndMs(request)).number(endToEndFromScheduledMs(request));
        line.number(normalisedLatencyMs(request)).number(userTokPerSecond(request));
        addOrigin(line, run.record->provenance);
    }
}

constexpr const char *kPredictedColumns =
    ",predicted_output_tok_per_s,predicted_ttft_p50_ms,predicted_itl_p50_ms,predicted_e2e_p50_ms,"
    "limited_by";

// predicted: null where nobody asked the cost model.
void addPredicted(CsvLine &line, const PredictedPoint *predicted)
{
    const RunMetrics metrics =
        predicted != nullptr ? predicted->metrics.value_or(RunMetrics()) : RunMetrics();
    line.number(metrics.outputTokPerSecond);
    line.number(medianOf(metrics.ttft)).number(medianOf(metrics.itl));
    line.number(medianOf(metrics.endToEnd));
    const bool judged = predicted != nullptr && predicted->verdict;
    line.text(judged ? runLimitName(predicted->verdict->limit) : "");
}

void addPointLine(std::string &out, const ExperimentResult &result, const PointResult &point,
                  const PredictedPoint *predicted)
{
    const PointSummary summary = summarisePoint(point);
    CsvLine line(out);
    addPoint(line, result, point, point.runs.empty() ? nullptr : point.runs.back().record.get());
    line.text(pointStateName(point.state)).text(point.message);
    line.integer(static_cast<int64_t>(summary.runs)).integer(result.experiment.repeats);
    line.integer(static_cast<int64_t>(summary.busyRuns));
    line.integer(static_cast<int64_t>(summary.requests));
    line.integer(static_cast<int64_t>(summary.failed));
    for (const auto *sample :
         {&summary.ttftMs, &summary.itlMs, &summary.tpotMs, &summary.endToEndMs})
        appendSummary(line, *sample);
    const auto &interval = summary.tokPerSecond95;
    line.number(medianOf(summary.runTokPerSecond));
    line.number(interval ? std::optional(interval->low) : std::nullopt);
    line.number(interval ? std::optional(interval->high) : std::nullopt);
    line.number(summary.sustainedTokPerSecond).number(summary.paddedShare);
    addMemory(line, summary.weightBytes, summary.cacheBytes, summary.workspaceBytes);
    addPredicted(line, predicted);
    addOrigin(line, point.runs.empty() ? Provenance {} : point.runs.back().record->provenance);
}

std::string header(const std::string &columns)
{
    std::string line = kPointColumns;
    for (const NamedSetting &setting : tabledSettings({})) {
        if (const std::string column = columnOf(setting.name); !column.empty())
            line += "," + column;
    }
    return line + "," + columns + "," + kOriginColumns + kCsvLineEnd;
}

// Calls `add` for every run of every point.
template <typename Add>
void forEachRun(const ExperimentResult &result, Add add)
{
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs)
            add(point, run);
    }
}

} // namespace

std::string experimentRunsCsvHead()
{
    return header("repeat,completed,failed,cancelled,prompt_tokens_total,output_tokens_total,"
                  "duration_s"
                  + figureColumns()
                  + ",output_tok_per_s,request_per_s,prefill_tok_per_s,decode_tok_per_s,"
                    "mean_concurrency,peak_concurrency,useful_positions,padded_positions,"
                    "weight_bytes,cache_bytes,workspace_bytes,load_per_core,others_cpu_share,"
                    "stolen_cpu_share,frequency_mhz,throttled,gpu_throttled");
}

std::string experimentRunCsvLine(const ExperimentResult &result, const PointResult &point,
                                 const MeasuredRun &run)
{
    std::string out;
    addRun(out, result, point, run);
    return out;
}

std::string experimentRunsToCsv(const ExperimentResult &result)
{
    std::string out = experimentRunsCsvHead();
    forEachRun(result, [&](const PointResult &point, const MeasuredRun &run) {
        addRun(out, result, point, run);
    });
    return out;
}

std::string experimentPointsToCsv(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    std::string out = header("state,message,runs,planned_runs,busy_runs,measured_requests,"
                             "failed_requests"
                             + figureColumns()
                             + ",output_tok_per_s_p50,output_tok_per_s_p50_low95,"
                               "output_tok_per_s_p50_high95,sustained_tok_per_s,padded_share,"
                               "weight_bytes,cache_bytes,workspace_bytes"
                             + kPredictedColumns);
    for (size_t i = 0; i < result.points.size(); ++i) {
        const bool known = outlook != nullptr && i < outlook->points.size();
        addPointLine(out, result, result.points[i], known ? &outlook->points[i] : nullptr);
    }
    return out;
}

std::string experimentRequestsToCsv(const ExperimentResult &result)
{
    std::string out =
        header("repeat,request,request_prompt_tokens,output_tokens,end_reason,message,queue_ms,"
               "ttft_ms,tpot_ms,e2e_ms,e2e_from_scheduled_ms,normalised_latency_ms_per_tok,"
               "user_tok_per_s");
    forEachRun(result, [&](const PointResult &point, const MeasuredRun &run) {
        addRequests(out, result, point, run);
    });
    return out;
}

} // namespace inferlab
