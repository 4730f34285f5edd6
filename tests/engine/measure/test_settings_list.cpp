// Each setting of a run in turn: whatever lists settings tells that run from the others.
#include "engine/measure/settings_list.h"

#include "changed_settings.h"
#include "engine/measure/record_json.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace inferlab;
using namespace inferlab::test;

namespace {

RunRecord recordOf(const RunSettings &settings)
{
    RunRecord run;
    run.settings = settings;
    run.requests.resize(1);
    run.requests[0].submittedNs = run.requests[0].scheduledNs = 1;
    run.requests[0].tokens.resize(1);
    run.requests[0].tokens[0].ns = 2;
    return run;
}

// Where the two lists differ.
std::vector<std::string> differing(const std::vector<NamedSetting> &a,
                                   const std::vector<NamedSetting> &b)
{
    REQUIRE(a.size() == b.size());
    std::vector<std::string> names;
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i].value != b[i].value)
            names.push_back(a[i].name);
    }
    return names;
}

} // namespace

TEST_CASE("every setting has one place in the list, under a name of its own")
{
    const auto base = namedSettings(baseSettings());
    std::set<std::string> names;
    for (const ChangedSettings &changed : changedSettings()) {
        CHECK(differing(base, namedSettings(changed.settings))
              == std::vector<std::string> {changed.name});
        names.insert(changed.name);
    }
    CHECK(names.size() == base.size());
}

TEST_CASE("tables of runs, tokens and requests tell every setting apart")
{
    const RunRecord base = recordOf(baseSettings());
    for (const ChangedSettings &changed : changedSettings()) {
        INFO(changed.name);
        const RunRecord other = recordOf(changed.settings);
        CHECK(summaryToCsv({base}) != summaryToCsv({other}));
        CHECK(requestsToCsv({base}) != requestsToCsv({other}));
        CHECK(tokensToCsv({base}) != tokensToCsv({other}));
    }
}

TEST_CASE("records keep every setting")
{
    for (const ChangedSettings &changed : changedSettings()) {
        INFO(changed.name);
        const auto back = runsFromJson(runsToJson({recordOf(changed.settings)}), "it");
        REQUIRE(back.size() == 1);
        CHECK(namedSettings(back[0].settings) == namedSettings(changed.settings));
    }
}

TEST_CASE("what is compared leaves out seed and round, and what has no effect on a greedy choice")
{
    const auto base = comparedSettings(baseSettings());
    RunSettings greedy = baseSettings();
    greedy.sampling.temperature = 0.0f;
    for (const ChangedSettings &changed : changedSettings()) {
        INFO(changed.name);
        const bool isRepeat = changed.name == "seed" || changed.name == "round";
        CHECK((comparedSettings(changed.settings) == base) == isRepeat);
        RunSettings greedyToo = changed.settings;
        greedyToo.sampling.temperature = 0.0f;
        const bool noEffect = isRepeat || changed.name == "temperature" || changed.name == "top_k"
            || changed.name == "top_p" || changed.name == "min_p";
        CHECK((comparedSettings(greedyToo) == comparedSettings(greedy)) == noEffect);
    }
}

TEST_CASE("a prompt's fingerprint is FNV-1a")
{
    RunSettings settings;
    settings.prompt = "foobar"; // from the algorithm's published test vectors
    const auto tabled = tabledSettings(settings);
    const auto find = [&tabled](const std::string &name) {
        return std::find_if(tabled.begin(), tabled.end(),
                            [&name](const NamedSetting &s) { return s.name == name; });
    };
    REQUIRE(find("prompt_fnv64") != tabled.end());
    CHECK(find("prompt_fnv64")->value == "85944171f73967e8");
    CHECK(find("system_prompt_fnv64")->value.empty());
    CHECK(find("prompt") == tabled.end());
}
