// Writes run records as JSON: straight into the text, since a run may hold a million tokens. What
// has its default value is left out.
#include "engine/measure/record_json.h"

#include "engine/base/number_text.h"
#include "engine/measure/base64.h"
#include "engine/measure/device_times.h"
#include "engine/measure/record_format.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>

namespace inferlab {

namespace {

void appendEscaped(std::string &out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 0xf];
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string numberText(float value)
{
    const std::string digits = exactText(value);
    return digits.empty() ? "null" : digits; // JSON has no infinity
}

class JsonObject
{
public:
    explicit JsonObject(std::string &out)
        : m_out(out)
    {
        m_out += '{';
    }
    ~JsonObject() { m_out += '}'; }
    JsonObject(const JsonObject &) = delete;
    JsonObject &operator=(const JsonObject &) = delete;

    // The value is written by the caller, into out().
    std::string &key(std::string_view name, std::string_view suffix = {})
    {
        if (!m_first)
            m_out += ',';
        m_first = false;
        m_out += '"';
        m_out += name;
        m_out += suffix;
        m_out += "\":";
        return m_out;
    }
    // Bytes that are not UTF-8 travel as base64, under a name that says so.
    void text(std::string_view name, const std::string &value)
    {
        if (isValidUtf8(value))
            appendEscaped(key(name), value);
        else
            appendEscaped(key(name, kBase64Suffix), toBase64(value));
    }
    void integer(std::string_view name, int64_t value) { key(name) += std::to_string(value); }
    void unsignedInteger(std::string_view name, uint64_t value)
    {
        key(name) += std::to_string(value);
    }
    void boolean(std::string_view name, bool value) { key(name) += value ? "true" : "false"; }
    void number(std::string_view name, float value) { key(name) += numberText(value); }

private:
    std::string &m_out;
    bool m_first = true;
};

// Elements on lines of their own, so that people and diffs can read the file.
template <typename List, typename Write>
void appendArray(std::string &out, const List &list, const char *separator, Write write)
{
    out += '[';
    bool first = true;
    for (const auto &element : list) {
        out += first ? "" : ",";
        out += separator;
        first = false;
        write(element, out);
    }
    out += ']';
}

// [id, probability, piece], or [id, probability, null, base64]: five of them come with every token,
// and names would be most of the file.
void appendRunnerUp(const RunnerUp &other, std::string &out)
{
    out += '[' + std::to_string(other.id) + ',' + numberText(other.probability) + ',';
    if (isValidUtf8(other.piece)) {
        appendEscaped(out, other.piece);
    } else {
        out += "null,";
        appendEscaped(out, toBase64(other.piece));
    }
    out += ']';
}

void appendToken(const TokenRecord &token, std::string &out)
{
    JsonObject object(out);
    object.integer("ns", token.ns);
    if (token.count != 1)
        object.integer("count", token.count);
    if (token.id != -1)
        object.integer("id", token.id);
    if (!token.piece.empty())
        object.text("piece", token.piece);
    if (token.probability != 0.0f)
        object.number("probability", token.probability);
    if (!token.runnersUp.empty())
        appendArray(object.key("runners_up"), token.runnersUp, "", appendRunnerUp);
}

void appendRequest(const RequestRecord &request, std::string &out)
{
    JsonObject object(out);
    object.integer("id", request.id);
    object.integer("scheduled_ns", request.scheduledNs);
    object.integer("submitted_ns", request.submittedNs);
    if (request.startedNs != 0)
        object.integer("started_ns", request.startedNs);
    if (request.endNs != 0)
        object.integer("end_ns", request.endNs);
    object.text("end_reason", recordEndReason(request.endReason));
    if (!request.message.empty())
        object.text("message", request.message);
    object.integer("prompt_tokens", request.promptTokens);
    object.text("text", request.text);
    appendArray(object.key("tokens"), request.tokens, "\n", appendToken);
}

void appendStep(const StepRecord &step, std::string &out)
{
    JsonObject object(out);
    object.integer("start_ns", step.startNs);
    object.integer("end_ns", step.endNs);
    object.integer("prefill_tokens", step.prefillTokens);
    object.integer("decode_tokens", step.decodeTokens);
    object.integer("running", step.running);
    if (step.paddedTokens != 0)
        object.integer("padded_tokens", step.paddedTokens);
    if (step.deviceNs != 0)
        object.integer("device_ns", step.deviceNs);
    if (step.launches != 0)
        object.integer("launches", step.launches);
    if (step.replayed)
        object.boolean("replayed", step.replayed);
    if (step.devicePhases) {
        JsonObject phases(object.key("device_phases_ns"));
        for (const DevicePhaseInfo &phase : kDevicePhases)
            phases.integer(phase.key, (*step.devicePhases).*phase.ns);
    }
}

void appendProvenance(const Provenance &provenance, std::string &out)
{
    JsonObject object(out);
    object.text("program", provenance.program);
    object.text("date", provenance.date);
    object.text("machine", provenance.machine);
    object.text("model_name", provenance.modelName);
    object.text("model_file", provenance.modelFile);
    object.text("model_hash", provenance.modelHash);
    object.text("quantisation", provenance.quantisation);
}

// All of them as text, or all as base64 where one is not UTF-8.
void appendPool(const std::vector<std::string> &pool, JsonObject &object)
{
    const bool isText = std::all_of(pool.begin(), pool.end(),
                                    [](const std::string &prompt) { return isValidUtf8(prompt); });
    appendArray(object.key("prompt_pool", isText ? std::string_view() : kBase64Suffix), pool, "",
                [isText](const std::string &prompt, std::string &out) {
                    appendEscaped(out, isText ? prompt : toBase64(prompt));
                });
}

void appendSettings(const RunSettings &settings, std::string &out)
{
    JsonObject object(out);
    object.text("device", settings.device);
    object.integer("threads", settings.threads);
    object.boolean("kv_cache", settings.kvCache);
    object.integer("batch", settings.batch);
    const RunSettings usual;
    if (settings.scheduler != usual.scheduler)
        object.text("scheduler", batchPolicyName(settings.scheduler));
    if (settings.cacheType != usual.cacheType)
        object.text("cache_type", std::string(dtypeInfo(settings.cacheType).name));
    if (settings.batchInvariant != usual.batchInvariant)
        object.boolean("batch_invariant", settings.batchInvariant);
    if (settings.stepGraphs != usual.stepGraphs)
        object.boolean("step_graphs", settings.stepGraphs);
    if (settings.padding != usual.padding)
        object.boolean("padding", settings.padding);
    for (const auto &[name, value] : {std::pair {"chunk_tokens", settings.chunkTokens},
                                      std::pair {"requests", settings.requests},
                                      std::pair {"concurrency", settings.concurrency},
                                      std::pair {"prompt_tokens", settings.promptTokens}}) {
        if (value != 0)
            object.integer(name, value);
    }
    object.integer("context_tokens", settings.contextTokens);
    object.integer("max_new_tokens", settings.maxNewTokens);
    if (settings.leastNewTokens != 0)
        object.integer("least_new_tokens", settings.leastNewTokens);
    object.boolean("ignore_end", settings.ignoreEnd);
    object.boolean("chat", settings.chat);
    object.text("system_prompt", settings.systemPrompt);
    object.text("prompt", settings.prompt);
    if (!settings.promptPool.empty())
        appendPool(settings.promptPool, object);
    if (settings.round != 0)
        object.integer("round", settings.round);
    object.number("temperature", settings.sampling.temperature);
    object.integer("top_k", settings.sampling.topK);
    object.number("top_p", settings.sampling.topP);
    object.number("min_p", settings.sampling.minP);
    object.number("repetition_penalty", settings.sampling.repetitionPenalty);
    object.unsignedInteger("seed", settings.sampling.seed);
}

void appendRun(const RunRecord &run, std::string &out)
{
    JsonObject object(out);
    object.text("label", run.label);
    for (const auto &[name, is] :
         {std::pair {"is_shown", run.isShown}, std::pair {"is_kept", run.isKept},
          std::pair {"is_of_sweep", run.isOfSweep}}) {
        if (is)
            object.boolean(name, true);
    }
    appendProvenance(run.provenance, object.key("provenance"));
    appendSettings(run.settings, object.key("settings"));
    appendArray(object.key("requests"), run.requests, "\n", appendRequest);
    appendArray(object.key("steps"), run.steps, "\n", appendStep);
}

} // namespace

std::string runsToJson(const std::vector<RunRecord> &runs)
{
    std::string out;
    {
        JsonObject document(out);
        document.text("format", std::string(kRecordFormat));
        document.integer("version", kRecordVersion);
        appendArray(document.key("runs"), runs, "\n", appendRun);
    }
    out += '\n';
    return out;
}

} // namespace inferlab
