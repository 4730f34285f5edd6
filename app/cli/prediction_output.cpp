#include "prediction_output.h"

#include "engine/base/number_text.h"
#include "engine/measure/metrics.h"
#include "text_table.h"

#include <optional>

namespace inferlab::cli {

namespace {

constexpr int kDigits = 3; // a prediction knows no more

Json phaseJson(const PhaseEstimate &phase)
{
    if (phase.steps == 0)
        return nullptr;
    const StepTime &time = phase.time;
    return {{"steps", phase.steps},
            {"seconds", time.seconds()},
            {"bandwidth_s", time.bandwidthSeconds},
            {"compute_s", time.computeSeconds},
            {"overhead_s", time.overheadSeconds},
            {"bytes", phase.bytes},
            {"operations", phase.operations},
            {"operations_per_byte", phase.bytes > 0 ? phase.operations / phase.bytes : 0.0},
            {"limit", stepLimitName(time.limit())}};
}

// "bandwidth 81%": of the phase's time.
std::string limitText(const PhaseEstimate &phase)
{
    if (phase.steps == 0)
        return "-";
    const StepTime &time = phase.time;
    const double most = time.limit() == StepLimit::Bandwidth ? time.bandwidthSeconds
        : time.limit() == StepLimit::Compute                 ? time.computeSeconds
                                                             : time.overheadSeconds;
    return std::string(stepLimitName(time.limit())) + " "
        + shortText(100.0 * most / time.seconds(), 2) + "%";
}

std::string orDash(std::optional<double> value)
{
    return value ? shortText(*value, kDigits) : "-";
}

} // namespace

Json predictionJson(const PredictedBatch &predicted)
{
    const RunMetrics metrics = computeMetrics(predicted.prediction.record);
    const auto orNull = [](std::optional<double> v) { return v ? Json(*v) : Json(nullptr); };
    return {{"batch", predicted.batch},
            {"prompt_tokens", predicted.promptTokens},
            {"new_tokens", predicted.newTokens},
            {"ttft_ms", orNull(medianOf(metrics.ttft))},
            {"itl_ms", orNull(medianOf(metrics.itl))},
            {"tpot_ms", orNull(medianOf(metrics.tpot))},
            {"e2e_ms", orNull(medianOf(metrics.endToEnd))},
            {"output_tok_per_s", orNull(metrics.outputTokPerSecond)},
            {"decode_tok_per_s", orNull(metrics.decodeTokPerSecond)},
            {"prefill", phaseJson(predicted.prediction.prefill)},
            {"decode", phaseJson(predicted.prediction.decode)}};
}

std::string predictionTable(const std::vector<PredictedBatch> &batches)
{
    TextTable table({Align::Right, Align::Right, Align::Right, Align::Right, Align::Right,
                     Align::Right, Align::Left, Align::Left});
    table.addRow({"batch", "TTFT, ms", "ITL, ms", "tok/s total", "tok/s/user", "op/byte",
                  "prefill limited by", "decode limited by"});
    for (const PredictedBatch &predicted : batches) {
        const RunMetrics metrics = computeMetrics(predicted.prediction.record);
        const PhaseEstimate &decode = predicted.prediction.decode;
        table.addRow({std::to_string(predicted.batch), orDash(medianOf(metrics.ttft)),
                      orDash(medianOf(metrics.itl)), orDash(metrics.outputTokPerSecond),
                      orDash(medianOf(metrics.userTokPerSecond)),
                      decode.bytes > 0 ? shortText(decode.operations / decode.bytes, kDigits) : "-",
                      limitText(predicted.prediction.prefill), limitText(decode)});
    }
    return table.text();
}

} // namespace inferlab::cli
