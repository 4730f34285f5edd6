#include "settings_list.h"

#include "engine/base/number_text.h"

#include <array>
#include <cstdio>
#include <type_traits>

namespace inferlab {

namespace {

std::string joined(const std::vector<std::string> &texts)
{
    std::string all;
    for (const std::string &text : texts)
        all += (&text == &texts.front() ? "" : " | ") + text;
    return all;
}

template <typename Value>
std::string valueText(const Value &value)
{
    if constexpr (std::is_same_v<Value, std::string>)
        return value;
    else if constexpr (std::is_same_v<Value, std::vector<std::string>>)
        return joined(value);
    else if constexpr (std::is_same_v<Value, bool>)
        return value ? "true" : "false";
    else if constexpr (std::is_same_v<Value, DType>)
        return std::string(dtypeInfo(value).name);
    else if constexpr (std::is_same_v<Value, BatchPolicy>)
        return batchPolicyName(value);
    else if constexpr (std::is_same_v<Value, float>)
        return exactText(value);
    else
        return std::to_string(value);
}

// FNV-1a. Source: Fowler, Noll and Vo, www.isthe.com/chongo/tech/comp/fnv.
std::string fingerprint(const std::string &text)
{
    if (text.empty())
        return {};
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    std::array<char, 17> digits {};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
    return digits.data();
}

} // namespace

std::vector<NamedSetting> namedSettings(const RunSettings &settings)
{
    std::vector<NamedSetting> out;
    forEachSetting(settings, [&out](const char *name, const auto &value) {
        out.push_back({name, valueText(value)});
    });
    return out;
}

std::vector<NamedSetting> tabledSettings(const RunSettings &settings)
{
    std::vector<NamedSetting> out = namedSettings(settings);
    for (NamedSetting &setting : out) {
        if (setting.name == "prompt" || setting.name == "system_prompt"
            || setting.name == "prompt_pool")
            setting = {setting.name + "_fnv64", fingerprint(setting.value)};
    }
    return out;
}

std::vector<NamedSetting> comparedSettings(const RunSettings &settings)
{
    RunSettings compared = settings;
    SamplingSettings &sampling = compared.sampling;
    const SamplingSettings usual;
    sampling.seed = usual.seed;
    compared.round = 0;
    if (sampling.temperature == 0.0f) {
        sampling.topK = usual.topK;
        sampling.topP = usual.topP;
        sampling.minP = usual.minP;
    }
    return namedSettings(compared);
}

} // namespace inferlab
