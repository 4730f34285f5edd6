#include "experiment_json.h"

#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "engine/measure/settings_values.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

namespace inferlab {

namespace {

constexpr std::string_view kFormat = "inferlab-experiment";
constexpr int kVersion = 1;
constexpr JsonLimits kLimits {.maxBytes = size_t {16} << 20, .maxDepth = 16};
constexpr int64_t kMostInt = std::numeric_limits<int32_t>::max();

// As typed: 0.7, not the float's 0.699999988.
double asTyped(float value)
{
    return std::strtod(exactText(value).c_str(), nullptr);
}

// The members of one object, each read by its name; what remains unread at the end is unknown.
class Members
{
public:
    explicit Members(const JsonCursor &object)
        : m_object(object)
    {
        if (!object.isObject())
            object.fail("an object", object.value().type_name());
    }

    std::optional<JsonCursor> find(const char *key)
    {
        m_known.emplace_back(key);
        return m_object.find(key);
    }
    JsonCursor at(const char *key)
    {
        m_known.emplace_back(key);
        return m_object.at(key);
    }
    void text(const char *key, std::string &target)
    {
        if (const auto found = find(key))
            target = found->text();
    }
    void whole(const char *key, int32_t &target, int64_t least, int64_t most)
    {
        if (const auto found = find(key))
            target = static_cast<int32_t>(found->integer(least, most));
    }
    void flag(const char *key, bool &target)
    {
        if (const auto found = find(key))
            target = found->boolean();
    }
    void number(const char *key, double &target)
    {
        if (const auto found = find(key))
            target = found->number();
    }
    void number(const char *key, float &target)
    {
        const auto found = find(key);
        if (!found)
            return;
        const double value = found->number();
        // Ranges are checked with all the rest; here only what a float cannot hold.
        if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max())))
            found->fail("a number that a float holds", jsonText(found->value()));
        target = static_cast<float>(value);
    }
    void seed(const char *key, uint64_t &target)
    {
        const auto found = find(key);
        if (!found)
            return;
        if (!found->value().is_number_unsigned())
            found->fail("an integer from 0 to 18446744073709551615", jsonText(found->value()));
        target = found->value().get<uint64_t>();
    }
    // Call when all keys have been asked for.
    void refuseUnknown() const
    {
        for (const auto &[key, value] : m_object.value().items()) {
            if (std::find(m_known.begin(), m_known.end(), key) != m_known.end())
                continue;
            std::string expected = "one of ";
            for (const std::string &known : m_known)
                expected += (&known == &m_known.front() ? "" : ", ") + known;
            m_object.fail(expected, "\"" + key + "\"");
        }
    }

private:
    const JsonCursor &m_object;
    std::vector<std::string> m_known;
};

Json axisToJson(const ExperimentAxis &axis)
{
    Json values = Json::array();
    for (const AxisValue &value : axis.values) {
        if (const auto *number = std::get_if<double>(&value)) {
            if (axisInfo(axis.kind).isWhole)
                values.push_back(static_cast<int64_t>(*number));
            else
                values.push_back(*number);
        } else {
            values.push_back(std::get<std::string>(value));
        }
    }
    return {{"vary", std::string(axisInfo(axis.kind).name)}, {"values", std::move(values)}};
}

ExperimentAxis readAxis(const JsonCursor &object)
{
    Members members(object);
    ExperimentAxis axis;
    const JsonCursor vary = members.at("vary");
    const std::optional<AxisKind> kind = axisKindFromName(vary.text());
    if (!kind) {
        std::string names;
        for (const AxisInfo &info : axisInfos())
            names += (names.empty() ? "one of " : ", ") + std::string(info.name);
        vary.fail(names, jsonText(vary.value()));
    }
    axis.kind = *kind;
    const JsonCursor values = members.at("values");
    for (size_t i = 0; i < values.size(); ++i) {
        const JsonCursor value = values.at(i);
        AxisValue read;
        if (value.isNumber())
            read = value.number();
        else if (value.isString())
            read = value.text();
        else
            value.fail("a number or text", value.value().type_name());
        if (const auto error = checkAxisValue(axis.kind, read))
            value.fail(error->expected, error->found);
        axis.values.push_back(std::move(read));
    }
    members.refuseUnknown();
    return axis;
}

void readOnOff(Members &members, const char *key, bool &target)
{
    const auto found = members.find(key);
    if (!found)
        return;
    if (found->text() != "on" && found->text() != "off")
        found->fail("on or off", jsonText(found->value()));
    target = found->text() == "on";
}

void readHeld(const JsonCursor &object, PointSettings &held)
{
    Members members(object);
    RunSettings &run = held.run;
    members.text("model", held.modelFile);
    members.text("device", run.device);
    members.whole("threads", run.threads, 0, kMostInt);
    members.whole("batch", run.batch, 1, kMostInt);
    members.whole("concurrency", run.concurrency, 0, kMostInt);
    members.whole("requests", run.requests, 0, kMostInt);
    members.whole("prompt_tokens", run.promptTokens, 0, kMostInt);
    members.whole("new_tokens", run.maxNewTokens, 1, kMostInt);
    members.whole("least_new_tokens", run.leastNewTokens, 0, kMostInt);
    members.flag("ignore_end", run.ignoreEnd);
    members.flag("chat", run.chat);
    members.text("system_prompt", run.systemPrompt);
    readOnOff(members, "kv_cache", run.kvCache);
    if (const auto type = members.find("cache_type"))
        run.cacheType = readCacheType(*type);
    readOnOff(members, "batch_invariant", run.batchInvariant);
    readOnOff(members, "step_graphs", run.stepGraphs);
    readOnOff(members, "padding", run.padding);
    if (const auto scheduler = members.find("scheduler"))
        run.scheduler = readBatchPolicy(*scheduler);
    members.whole("chunk_tokens", run.chunkTokens, 0, kMostInt);
    members.number("temperature", run.sampling.temperature);
    members.whole("top_k", run.sampling.topK, 0, SamplingSettings::kMaxTopK);
    members.number("top_p", run.sampling.topP);
    members.number("min_p", run.sampling.minP);
    members.number("repetition_penalty", run.sampling.repetitionPenalty);
    members.refuseUnknown();
}

Json heldToJson(const PointSettings &held)
{
    const RunSettings &run = held.run;
    return {{"model", held.modelFile},
            {"device", run.device},
            {"threads", run.threads},
            {"batch", run.batch},
            {"concurrency", run.concurrency},
            {"requests", run.requests},
            {"prompt_tokens", run.promptTokens},
            {"new_tokens", run.maxNewTokens},
            {"least_new_tokens", run.leastNewTokens},
            {"ignore_end", run.ignoreEnd},
            {"chat", run.chat},
            {"system_prompt", run.systemPrompt},
            {"kv_cache", run.kvCache ? "on" : "off"},
            {"cache_type", dtypeInfo(run.cacheType).name},
            {"batch_invariant", run.batchInvariant ? "on" : "off"},
            {"step_graphs", run.stepGraphs ? "on" : "off"},
            {"padding", run.padding ? "on" : "off"},
            {"scheduler", batchPolicyName(run.scheduler)},
            {"chunk_tokens", run.chunkTokens},
            {"temperature", asTyped(run.sampling.temperature)},
            {"top_k", run.sampling.topK},
            {"top_p", asTyped(run.sampling.topP)},
            {"min_p", asTyped(run.sampling.minP)},
            {"repetition_penalty", asTyped(run.sampling.repetitionPenalty)}};
}

void checkHead(Members &members)
{
    const JsonCursor format = members.at("format");
    if (format.text() != kFormat)
        format.fail("\"" + std::string(kFormat) + "\"", jsonText(format.value()));
    const JsonCursor version = members.at("version");
    if (version.value() != kVersion)
        version.fail(std::to_string(kVersion), jsonText(version.value()));
}

} // namespace

Json experimentToJson(const Experiment &experiment)
{
    Json axes = Json::array();
    for (const ExperimentAxis &axis : experiment.axes)
        axes.push_back(axisToJson(axis));
    return {{"format", kFormat},
            {"version", kVersion},
            {"name", experiment.name},
            {"question", experiment.question},
            {"note", experiment.note},
            {"expected_seconds", experiment.expectedSeconds},
            {"axes", std::move(axes)},
            {"hold", heldToJson(experiment.held)},
            {"repeats", experiment.repeats},
            {"warm_ups", experiment.warmUps},
            {"seed", experiment.seed},
            {"cool_down_seconds", experiment.coolDownSeconds},
            {"prompts", experiment.prompts},
            {"stop",
             {{"seconds", experiment.stop.seconds},
              {"point_seconds", experiment.stop.pointSeconds},
              {"interval_percent", experiment.stop.intervalPercent}}}};
}

Experiment experimentFromJson(const JsonCursor &root, const std::string &source)
{
    Members members(root);
    checkHead(members);
    Experiment experiment;
    experiment.name = members.at("name").text();
    members.text("question", experiment.question);
    members.text("note", experiment.note);
    members.number("expected_seconds", experiment.expectedSeconds);
    if (const auto axes = members.find("axes")) {
        for (size_t i = 0; i < axes->size(); ++i)
            experiment.axes.push_back(readAxis(axes->at(i)));
    }
    if (const auto held = members.find("hold"))
        readHeld(*held, experiment.held);
    members.whole("repeats", experiment.repeats, 1, Experiment::kMostRepeats);
    members.whole("warm_ups", experiment.warmUps, 0, Experiment::kMostRepeats);
    members.seed("seed", experiment.seed);
    members.number("cool_down_seconds", experiment.coolDownSeconds);
    const JsonCursor prompts = members.at("prompts");
    for (size_t i = 0; i < prompts.size(); ++i)
        experiment.prompts.push_back(prompts.at(i).text());
    if (const auto stop = members.find("stop")) {
        Members rule(*stop);
        rule.number("seconds", experiment.stop.seconds);
        rule.number("point_seconds", experiment.stop.pointSeconds);
        rule.number("interval_percent", experiment.stop.intervalPercent);
        rule.refuseUnknown();
    }
    members.refuseUnknown();
    checkExperiment(experiment, source);
    return experiment;
}

Experiment experimentFromJson(std::string_view json, const std::string &source)
{
    const Json document = parseJson(json, source, kLimits);
    return experimentFromJson(JsonCursor(document, source), source);
}

Experiment readExperiment(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string text {std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad())
        throw InputError(path.string(), {}, "a file that can be read", "none");
    return experimentFromJson(text, path.string());
}

} // namespace inferlab
