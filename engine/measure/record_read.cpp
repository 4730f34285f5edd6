// Reads run records from JSON and checks that they can be: types, ranges, and the order of times.
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/measure/base64.h"
#include "engine/measure/device_times.h"
#include "engine/measure/record_format.h"
#include "engine/measure/record_json.h"
#include "engine/measure/settings_values.h"

#include <cmath>
#include <limits>
#include <set>

namespace inferlab {

namespace {

// A run of 256 sequences with 8,192 tokens and their runners-up each is some 700 MB of text. The
// deepest value of a record is at level 9; the rest is room for fields that this version does not
// know.
constexpr JsonLimits kRecordLimits {.maxBytes = size_t {1} << 30, .maxDepth = 32};

// Times beyond this would overflow where one is moved; it is 146 years.
constexpr int64_t kMostNs = std::numeric_limits<int64_t>::max() / 2;
constexpr int64_t kMostInt = std::numeric_limits<int32_t>::max();

// A field that is null counts as absent.
std::optional<JsonCursor> field(const JsonCursor &object, const char *key)
{
    std::optional<JsonCursor> found = object.find(key);
    return found && !found->isNull() ? found : std::nullopt;
}

std::optional<int64_t> readNs(const JsonCursor &object, const char *key)
{
    const auto found = field(object, key);
    return found ? std::optional(found->integer(0, kMostNs)) : std::nullopt;
}

int64_t requireNs(const JsonCursor &object, const char *key)
{
    return object.at(key).integer(0, kMostNs);
}

void read(const JsonCursor &object, const char *key, int32_t &target, int64_t least = 0)
{
    if (const auto found = field(object, key))
        target = static_cast<int32_t>(found->integer(least, kMostInt));
}

float readFloat(const JsonCursor &place)
{
    const double value = place.number();
    if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max())))
        place.fail("a number that a float holds", jsonText(place.value()));
    return static_cast<float>(value);
}

void read(const JsonCursor &object, const char *key, float &target)
{
    if (const auto found = field(object, key))
        target = readFloat(*found);
}

void read(const JsonCursor &object, const char *key, bool &target)
{
    if (const auto found = field(object, key))
        target = found->boolean();
}

std::string readBase64(const JsonCursor &place)
{
    std::optional<std::string> bytes = fromBase64(place.text());
    if (!bytes)
        place.fail("base64", "other characters or a cut group");
    return *std::move(bytes);
}

// Text, or bytes as base64 under KEY_b64.
void read(const JsonCursor &object, const char *key, std::string &target)
{
    const auto plain = field(object, key);
    if (plain)
        target = plain->text();
    const std::string encodedKey = std::string(key) + std::string(kBase64Suffix);
    const auto encoded = field(object, encodedKey.c_str());
    if (!encoded)
        return;
    if (plain)
        encoded->fail(std::string("either ") + key + " or " + encodedKey, "both");
    target = readBase64(*encoded);
}

void checkNotBefore(const JsonCursor &place, int64_t ns, const char *earlier, int64_t earlierNs)
{
    if (ns < earlierNs) {
        place.fail(std::string("a time not before ") + earlier + ", " + std::to_string(earlierNs),
                   std::to_string(ns));
    }
}

// [id, probability, piece] or [id, probability, null, base64].
RunnerUp readRunnerUp(const JsonCursor &array)
{
    const size_t size = array.size();
    const bool isEncoded = size == 4 && array.at(2).isNull();
    if (size != 3 && !isEncoded)
        array.fail("[id, probability, piece]", jsonText(array.value()).substr(0, 60));
    RunnerUp other;
    other.id = static_cast<int32_t>(array.at(0).integer(-1, kMostInt));
    if (!array.at(1).isNull())
        other.probability = readFloat(array.at(1));
    other.piece = isEncoded ? readBase64(array.at(3)) : array.at(2).text();
    return other;
}

TokenRecord readToken(const JsonCursor &object)
{
    TokenRecord token;
    token.ns = requireNs(object, "ns");
    read(object, "count", token.count);
    read(object, "id", token.id, -1);
    read(object, "piece", token.piece);
    read(object, "probability", token.probability);
    if (const auto others = field(object, "runners_up")) {
        for (size_t i = 0; i < others->size(); ++i)
            token.runnersUp.push_back(readRunnerUp(others->at(i)));
    }
    return token;
}

void readTokens(const JsonCursor &array, RequestRecord &request)
{
    request.tokens.reserve(array.size());
    int64_t before = std::max(request.submittedNs, request.startedNs);
    for (size_t i = 0; i < array.size(); ++i) {
        const JsonCursor object = array.at(i);
        request.tokens.push_back(readToken(object));
        const int64_t ns = request.tokens.back().ns;
        if (ns < before)
            checkNotBefore(object.at("ns"), ns, i == 0 ? "the start" : "the token before", before);
        before = ns;
    }
}

// Where it is missing, a request that has a token or an end has ended well.
EndReason readEndReason(const JsonCursor &object, const RequestRecord &request, bool hasEnd)
{
    const auto found = field(object, "end_reason");
    if (!found)
        return hasEnd || !request.tokens.empty() ? EndReason::Stop : EndReason::Running;
    const std::optional<EndReason> reason = endReasonFromRecord(found->text());
    if (!reason)
        found->fail("running, stop, length, cancelled or error", jsonText(found->value()));
    return *reason;
}

// Which times a request has: a record in memory writes "never" as 0, a file leaves them out.
struct HasTimes
{
    bool start = false;
    bool end = false;
};

RequestRecord readRequest(const JsonCursor &object, size_t index, HasTimes &has)
{
    RequestRecord request;
    request.id = static_cast<int32_t>(index);
    read(object, "id", request.id);
    request.submittedNs = requireNs(object, "submitted_ns");
    request.scheduledNs = readNs(object, "scheduled_ns").value_or(request.submittedNs);
    if (request.submittedNs < request.scheduledNs)
        checkNotBefore(object.at("submitted_ns"), request.submittedNs, "scheduled_ns",
                       request.scheduledNs);
    if (const auto started = readNs(object, "started_ns")) {
        has.start = true;
        request.startedNs = *started;
        checkNotBefore(object.at("started_ns"), *started, "submitted_ns", request.submittedNs);
    }
    read(object, "message", request.message);
    read(object, "prompt_tokens", request.promptTokens);
    read(object, "text", request.text);
    readTokens(object.at("tokens"), request);
    if (const auto end = readNs(object, "end_ns")) {
        has.end = true;
        request.endNs = *end;
        const bool hasTokens = !request.tokens.empty();
        checkNotBefore(object.at("end_ns"), *end, hasTokens ? "the last token" : "submitted_ns",
                       hasTokens ? request.tokens.back().ns
                                 : std::max(request.submittedNs, request.startedNs));
    }
    request.endReason = readEndReason(object, request, has.end);
    return request;
}

StepRecord readStep(const JsonCursor &object, int64_t notBeforeNs)
{
    StepRecord step;
    step.startNs = requireNs(object, "start_ns");
    step.endNs = requireNs(object, "end_ns");
    checkNotBefore(object.at("start_ns"), step.startNs, "the step before", notBeforeNs);
    checkNotBefore(object.at("end_ns"), step.endNs, "start_ns", step.startNs);
    read(object, "prefill_tokens", step.prefillTokens);
    read(object, "decode_tokens", step.decodeTokens);
    read(object, "running", step.running);
    read(object, "padded_tokens", step.paddedTokens);
    step.deviceNs = readNs(object, "device_ns").value_or(0);
    read(object, "launches", step.launches);
    read(object, "replayed", step.replayed);
    if (const auto phases = field(object, "device_phases_ns")) {
        step.devicePhases.emplace();
        for (const DevicePhaseInfo &phase : kDevicePhases)
            (*step.devicePhases).*phase.ns = readNs(*phases, phase.key.data()).value_or(0);
    }
    return step;
}

// A clock that began at 0 is moved on by 1 ns, so that 0 goes on meaning "never"; every figure is a
// difference of times and stays the same.
void moveOn(RunRecord &run, const std::vector<HasTimes> &has)
{
    for (size_t i = 0; i < run.requests.size(); ++i) {
        RequestRecord &request = run.requests[i];
        ++request.scheduledNs;
        ++request.submittedNs;
        request.startedNs += has[i].start ? 1 : 0;
        request.endNs += has[i].end ? 1 : 0;
        for (TokenRecord &token : request.tokens)
            ++token.ns;
    }
    for (StepRecord &step : run.steps) {
        ++step.startNs;
        ++step.endNs;
    }
}

void readRequests(const JsonCursor &array, RunRecord &run, std::vector<HasTimes> &has)
{
    std::set<int32_t> ids;
    for (size_t i = 0; i < array.size(); ++i) {
        const JsonCursor object = array.at(i);
        HasTimes times;
        run.requests.push_back(readRequest(object, i, times));
        has.push_back(times);
        const int32_t id = run.requests.back().id;
        if (!ids.insert(id).second)
            object.fail("an id of its own", "id " + std::to_string(id) + " again");
    }
}

void readProvenance(const JsonCursor &object, Provenance &provenance)
{
    read(object, "program", provenance.program);
    read(object, "date", provenance.date);
    read(object, "machine", provenance.machine);
    read(object, "model_name", provenance.modelName);
    read(object, "model_file", provenance.modelFile);
    read(object, "model_hash", provenance.modelHash);
    read(object, "quantisation", provenance.quantisation);
}

// As texts, or as base64 under KEY_b64.
void readPool(const JsonCursor &object, const char *key, std::vector<std::string> &target)
{
    const std::string encodedKey = std::string(key) + std::string(kBase64Suffix);
    const auto encoded = field(object, encodedKey.c_str());
    const auto list = encoded ? encoded : field(object, key);
    for (size_t i = 0; list && i < list->size(); ++i)
        target.push_back(encoded ? readBase64(list->at(i)) : list->at(i).text());
}

void readSettings(const JsonCursor &object, RunSettings &settings)
{
    read(object, "device", settings.device);
    read(object, "threads", settings.threads);
    read(object, "kv_cache", settings.kvCache);
    read(object, "batch", settings.batch);
    if (const auto scheduler = field(object, "scheduler"))
        settings.scheduler = readBatchPolicy(*scheduler);
    if (const auto type = field(object, "cache_type"))
        settings.cacheType = readCacheType(*type);
    read(object, "batch_invariant", settings.batchInvariant);
    read(object, "step_graphs", settings.stepGraphs);
    read(object, "padding", settings.padding);
    read(object, "chunk_tokens", settings.chunkTokens);
    read(object, "requests", settings.requests);
    read(object, "concurrency", settings.concurrency);
    read(object, "prompt_tokens", settings.promptTokens);
    read(object, "context_tokens", settings.contextTokens);
    read(object, "max_new_tokens", settings.maxNewTokens);
    read(object, "least_new_tokens", settings.leastNewTokens);
    read(object, "ignore_end", settings.ignoreEnd);
    read(object, "chat", settings.chat);
    read(object, "system_prompt", settings.systemPrompt);
    read(object, "prompt", settings.prompt);
    readPool(object, "prompt_pool", settings.promptPool);
    read(object, "round", settings.round);
    read(object, "temperature", settings.sampling.temperature);
    read(object, "top_k", settings.sampling.topK);
    read(object, "top_p", settings.sampling.topP);
    read(object, "min_p", settings.sampling.minP);
    read(object, "repetition_penalty", settings.sampling.repetitionPenalty);
    if (const auto seed = field(object, "seed")) {
        if (!seed->value().is_number_unsigned())
            seed->fail("an integer from 0 to 18446744073709551615", jsonText(seed->value()));
        settings.sampling.seed = seed->value().get<uint64_t>();
    }
}

RunRecord readRun(const JsonCursor &object)
{
    RunRecord run;
    read(object, "label", run.label);
    read(object, "is_shown", run.isShown);
    read(object, "is_kept", run.isKept);
    read(object, "is_of_sweep", run.isOfSweep);
    if (const auto provenance = field(object, "provenance"))
        readProvenance(*provenance, run.provenance);
    if (const auto settings = field(object, "settings"))
        readSettings(*settings, run.settings);
    std::vector<HasTimes> has;
    readRequests(object.at("requests"), run, has);
    if (const auto steps = field(object, "steps")) {
        int64_t before = 0;
        for (size_t i = 0; i < steps->size(); ++i) {
            run.steps.push_back(readStep(steps->at(i), before));
            before = run.steps.back().startNs;
        }
    }
    bool zeroIsATime = false;
    for (size_t i = 0; i < run.requests.size(); ++i) {
        zeroIsATime = zeroIsATime || (has[i].start && run.requests[i].startedNs == 0)
            || (has[i].end && run.requests[i].endNs == 0);
    }
    if (zeroIsATime)
        moveOn(run, has);
    return run;
}

void checkVersion(const JsonCursor &root)
{
    const JsonCursor format = root.at("format");
    if (format.text() != kRecordFormat)
        format.fail("\"" + std::string(kRecordFormat) + "\"", jsonText(format.value()));
    const JsonCursor version = root.at("version");
    if (version.value() != kRecordVersion)
        version.fail(std::to_string(kRecordVersion), jsonText(version.value()));
}

} // namespace

std::vector<RunRecord> runsFromJson(std::string_view json, const std::string &source)
{
    const Json document = parseJson(json, source, kRecordLimits);
    const JsonCursor root(document, source);
    std::vector<RunRecord> runs;
    if (!root.find("format") && !root.find("version") && !root.find("runs")) {
        runs.push_back(readRun(root));
        return runs;
    }
    checkVersion(root);
    const JsonCursor array = root.at("runs");
    for (size_t i = 0; i < array.size(); ++i)
        runs.push_back(readRun(array.at(i)));
    return runs;
}

} // namespace inferlab
