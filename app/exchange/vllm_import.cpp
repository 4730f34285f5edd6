#include "engine/base/error.h"
#include "vllm_json.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;
constexpr double kMostSeconds = 1e9; // 31 years; more is a mistake, and sums of it still fit
constexpr int64_t kMostInt = std::numeric_limits<int32_t>::max();

int64_t readNs(const JsonCursor &place)
{
    const double seconds = place.number();
    if (!(seconds >= 0.0 && seconds <= kMostSeconds))
        place.fail("seconds from 0 to 1e9", jsonText(place.value()));
    return std::llround(seconds * kNsPerS);
}

// An array with one element for each of the requests.
JsonCursor requireArray(const JsonCursor &document, const char *key, std::optional<size_t> count)
{
    const auto found = document.find(key);
    if (!found) {
        document.fail(std::string("the array ") + key
                          + " (written by vllm bench serve with --save-result --save-detailed)",
                      "none");
    }
    if (count && found->size() != *count)
        found->fail(std::to_string(*count) + " elements, as in input_lens",
                    std::to_string(found->size()));
    return *found;
}

std::string readText(const JsonCursor &document, const char *key)
{
    const auto found = document.find(key);
    return found && !found->isNull() ? found->text() : std::string();
}

// "20261123-100000" as ISO 8601; the zone is not known.
std::string isoDate(const std::string &date)
{
    const bool isKnown = date.size() == 15 && date[8] == '-'
        && std::all_of(date.begin(), date.end(),
                       [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
    if (!isKnown)
        return {};
    return date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 2) + "T"
        + date.substr(9, 2) + ":" + date.substr(11, 2) + ":" + date.substr(13, 2);
}

struct Arrays
{
    explicit Arrays(const JsonCursor &document)
        : inputs(requireArray(document, "input_lens", std::nullopt))
        , outputs(requireArray(document, "output_lens", inputs.size()))
        , ttfts(requireArray(document, "ttfts", inputs.size()))
        , itls(requireArray(document, "itls", inputs.size()))
        , starts(requireArray(document, "start_times", inputs.size()))
    {
        if (document.find("errors"))
            errors = requireArray(document, "errors", inputs.size());
        if (document.find("generated_texts"))
            texts = requireArray(document, "generated_texts", inputs.size());
    }

    JsonCursor inputs, outputs, ttfts, itls, starts;
    std::optional<JsonCursor> errors, texts;
};

void readTokens(const Arrays &arrays, size_t i, int32_t tokens, RequestRecord &request)
{
    int64_t ns = request.submittedNs + readNs(arrays.ttfts.at(i));
    const JsonCursor gaps = arrays.itls.at(i);
    request.tokens.resize(1 + gaps.size());
    for (size_t g = 0; g <= gaps.size(); ++g) {
        if (g > 0)
            ns += readNs(gaps.at(g - 1));
        request.tokens[g].ns = ns;
    }
    const auto chunks = static_cast<int64_t>(request.tokens.size());
    if (tokens > chunks)
        request.tokens.back().count += static_cast<int32_t>(tokens - chunks);
    request.endNs = ns;
}

RequestRecord readRequest(const Arrays &arrays, size_t i, int64_t firstNs)
{
    RequestRecord request;
    request.id = static_cast<int32_t>(i);
    request.submittedNs = readNs(arrays.starts.at(i)) - firstNs + 1; // 0 would mean "never"
    request.scheduledNs = request.submittedNs;
    request.promptTokens = static_cast<int32_t>(arrays.inputs.at(i).integer(0, kMostInt));
    const auto tokens = static_cast<int32_t>(arrays.outputs.at(i).integer(0, kMostInt));
    if (arrays.texts && !arrays.texts->at(i).isNull())
        request.text = arrays.texts->at(i).text();
    if (arrays.errors && !arrays.errors->at(i).isNull())
        request.message = arrays.errors->at(i).text();
    const bool failed = !request.message.empty();
    // A failure's first token is written as 0: it never came.
    const bool hasTokens = tokens > 0 && (!failed || arrays.ttfts.at(i).number() > 0.0);
    if (!failed && !hasTokens)
        arrays.outputs.at(i).fail("at least one token of a request without an error", "0");
    request.endNs = request.submittedNs;
    if (hasTokens)
        readTokens(arrays, i, tokens, request);
    request.endReason = EndReason::Stop;
    if (request.message == "cancelled") {
        request.endReason = EndReason::Cancelled;
        request.message.clear();
    } else if (failed) {
        request.endReason = EndReason::Error;
    }
    return request;
}

} // namespace

bool isVllmJson(const JsonCursor &document)
{
    return document.isObject()
        && (document.find("itls") || document.find("endpoint_type") || document.find("ttfts")
            || document.find("total_token_throughput"));
}

RunRecord runFromVllmJson(const JsonCursor &document)
{
    const Arrays arrays(document);
    if (arrays.inputs.size() == 0)
        arrays.inputs.fail("at least one request", "none");
    RunRecord run;
    run.provenance.program = "vLLM bench serve";
    run.provenance.date = isoDate(readText(document, "date"));
    run.provenance.modelName = readText(document, "model_id");
    RunSettings &settings = run.settings;
    const std::string backend = readText(document, "backend");
    settings.device = backend.empty() ? "server" : backend;
    settings.scheduler = BatchPolicy::Continuous;
    settings.chat = backend.find("chat") != std::string::npos;
    settings.requests = static_cast<int32_t>(arrays.inputs.size());
    settings.batch = settings.requests;
    if (const auto most = document.find("max_concurrency"); most && !most->isNull()) {
        settings.concurrency = static_cast<int32_t>(most->integer(1, kMostInt));
        settings.batch = settings.concurrency;
    }
    const std::string label = readText(document, "label");
    run.label = label.empty()
        ? settings.device + ", " + std::to_string(settings.batch) + " in flight"
        : label;
    int64_t firstNs = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < arrays.starts.size(); ++i)
        firstNs = std::min(firstNs, readNs(arrays.starts.at(i)));
    for (size_t i = 0; i < arrays.inputs.size(); ++i) {
        run.requests.push_back(readRequest(arrays, i, firstNs));
        settings.maxNewTokens = i == 0
            ? static_cast<int32_t>(arrays.outputs.at(i).integer(0, kMostInt))
            : std::max(settings.maxNewTokens,
                       static_cast<int32_t>(arrays.outputs.at(i).integer(0, kMostInt)));
    }
    return run;
}

} // namespace inferlab
