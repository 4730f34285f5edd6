// An experiment's tables: the columns that others read by name, and every setting in them.
#include "app/experiment/experiment_csv.h"

#include "engine/measure/changed_settings.h"
#include "support/synthetic_experiment.h"

#include <doctest/doctest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

Experiment plainExperiment()
{
    Experiment experiment;
    experiment.name = "plain";
    experiment.prompts = {"one"};
    experiment.axes = {{AxisKind::Batch, {1.0, 4.0}}};
    experiment.repeats = 2;
    return experiment;
}

// Of a table without quoted cells: cells by the names of their columns.
std::vector<std::map<std::string, std::string>> rowsOf(const std::string &csv)
{
    const auto cellsOf = [](const std::string &line) {
        std::vector<std::string> cells(1);
        for (const char c : line) {
            if (c == ',')
                cells.emplace_back();
            else if (c != '\r')
                cells.back() += c;
        }
        return cells;
    };
    std::istringstream in(csv);
    std::string line;
    std::getline(in, line);
    const std::vector<std::string> names = cellsOf(line);
    std::vector<std::map<std::string, std::string>> rows;
    while (std::getline(in, line)) {
        const std::vector<std::string> cells = cellsOf(line);
        REQUIRE(cells.size() == names.size());
        auto &row = rows.emplace_back();
        for (size_t i = 0; i < names.size(); ++i)
            CHECK(row.emplace(names[i], cells[i]).second); // no name twice
    }
    return rows;
}

// Without the origin, whose machine holds a comma.
std::shared_ptr<ExperimentResult> measured()
{
    auto result = makeSyntheticResult(plainExperiment(), 2);
    for (PointResult &point : result->points) {
        for (MeasuredRun &run : point.runs) {
            auto record = std::make_shared<RunRecord>(*run.record);
            record->provenance = {};
            run.record = record;
        }
    }
    return result;
}

void changeEveryRun(ExperimentResult &result, const RunSettings &settings)
{
    for (PointResult &point : result.points) {
        for (MeasuredRun &run : point.runs) {
            auto record = std::make_shared<RunRecord>(*run.record);
            record->settings = settings;
            run.record = record;
        }
    }
}

} // namespace

TEST_CASE("columns have names of their own, and say what a point was")
{
    const auto result = measured();
    for (const std::string &csv : {experimentPointsToCsv(*result), experimentRunsToCsv(*result),
                                   experimentRequestsToCsv(*result)}) {
        const auto rows = rowsOf(csv);
        REQUIRE_FALSE(rows.empty());
        CHECK(rows.front().at("batch") == "1");
        CHECK(rows.back().at("batch") == "4");
        CHECK(rows.back().at("requests") == "4"); // as many as the batch holds
        CHECK(rows.front().at("new_tokens")
              == std::to_string(plainExperiment().held.run.maxNewTokens));
        CHECK(rows.front().at("cache_type") == "F16");
        CHECK(rows.front().at("experiment_seed") == "1");
    }
}

TEST_CASE("a point without runs has its settings all the same")
{
    ExperimentResult result = emptyResult(plainExperiment());
    result.experiment.seed = 5;
    result.points[1].point.settings.run.cacheType = DType::Q8_0;
    const auto rows = rowsOf(experimentPointsToCsv(result));
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].at("cache_type") == "Q8_0");
    CHECK(rows[1].at("experiment_seed") == "5");
}

TEST_CASE("every table tells every setting apart")
{
    const auto base = measured();
    changeEveryRun(*base, baseSettings());
    for (const ChangedSettings &changed : changedSettings()) {
        if (changed.name == "round") // the repeat's column
            continue;
        INFO(changed.name);
        const auto other = measured();
        changeEveryRun(*other, changed.settings);
        CHECK(experimentRunsToCsv(*base) != experimentRunsToCsv(*other));
        CHECK(experimentPointsToCsv(*base) != experimentPointsToCsv(*other));
        CHECK(experimentRequestsToCsv(*base) != experimentRequestsToCsv(*other));
    }
}
