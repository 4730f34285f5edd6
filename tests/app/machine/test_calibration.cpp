// Calibrations: what is written comes back, files that cannot be used, and whether what is measured
// can be true.
#include "app/machine/calibration_file.h"
#include "app/machine/known_calibration.h"
#include "app/machine/read_rates_text.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "kernels/api/devices.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

Calibration example(const std::string &hardware)
{
    Calibration c;
    c.hardware = hardware;
    c.date = "2026-11-28T05:00:00+01:00";
    c.program = "InferLab 0.1.0";
    c.limits.bytesPerSecond = 38.5e9;
    c.limits.rereads = {{64.0 * 1024 * 1024, 90e9}, {512.0 * 1024 * 1024, 38.5e9}};
    c.limits.productsPerSecond = {700e9, 250e9, 240e9};
    c.limits.attentionRowsPerSecond = 40e9;
    c.limits.attentionTilesPerSecond = 260e9;
    c.limits.rowElementsPerSecond = 3e9;
    c.limits.drawnElementsPerSecond = 1e9;
    c.limits.drawnOfRowPerSecond = 0.3e9;
    c.limits.largeOperatorSeconds = 3e-6;
    c.limits.smallOperatorSeconds = 0.5e-6;
    c.peakInt8PerSecond = 8e12;
    if (hardware == "B") { // a GPU
        c.limits.replayedLargeSeconds = 1.5e-6;
        c.limits.replayedSmallSeconds = 0.2e-6;
        c.batchInvariantCost = 0.07;
    }
    return c;
}

void write(const std::filesystem::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

std::string read(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void checkSame(const Calibration &a, const Calibration &b)
{
    CHECK(a.hardware == b.hardware);
    CHECK(a.date == b.date);
    CHECK(a.program == b.program);
    CHECK(a.limits.bytesPerSecond == Approx(b.limits.bytesPerSecond));
    REQUIRE(a.limits.rereads.size() == b.limits.rereads.size());
    for (size_t i = 0; i < a.limits.rereads.size(); ++i) {
        CHECK(a.limits.rereads[i].bytes == Approx(b.limits.rereads[i].bytes));
        CHECK(a.limits.rereads[i].bytesPerSecond == Approx(b.limits.rereads[i].bytesPerSecond));
    }
    for (size_t kind = 0; kind < kProductKinds; ++kind)
        CHECK(a.limits.productsPerSecond[kind] == Approx(b.limits.productsPerSecond[kind]));
    CHECK(a.limits.attentionRowsPerSecond == Approx(b.limits.attentionRowsPerSecond));
    CHECK(a.limits.attentionTilesPerSecond == Approx(b.limits.attentionTilesPerSecond));
    CHECK(a.limits.rowElementsPerSecond == Approx(b.limits.rowElementsPerSecond));
    CHECK(a.limits.drawnElementsPerSecond == Approx(b.limits.drawnElementsPerSecond));
    CHECK(a.limits.drawnOfRowPerSecond == Approx(b.limits.drawnOfRowPerSecond));
    CHECK(a.limits.largeOperatorSeconds * 1e6 == Approx(b.limits.largeOperatorSeconds * 1e6));
    CHECK(a.limits.smallOperatorSeconds * 1e6 == Approx(b.limits.smallOperatorSeconds * 1e6));
    CHECK(a.limits.replayedLargeSeconds * 1e6 == Approx(b.limits.replayedLargeSeconds * 1e6));
    CHECK(a.limits.replayedSmallSeconds * 1e6 == Approx(b.limits.replayedSmallSeconds * 1e6));
    CHECK(a.peakInt8PerSecond == Approx(b.peakInt8PerSecond));
    CHECK(a.peakFloatPerSecond == Approx(b.peakFloatPerSecond));
    CHECK(a.batchInvariantCost == b.batchInvariantCost);
}

} // namespace

TEST_CASE("a calibration comes back from its file, with units in the names")
{
    const std::string json = calibrationsToJson({example("A"), example("B")});
    const Json first = parseJson(json, "written").at("calibrations").at(0);
    CHECK(first["read_gb_s"].get<double>() == Approx(38.5));
    CHECK(first["int8_gop_s"].get<double>() == Approx(700));
    CHECK(first["large_operator_us"].get<double>() == Approx(3));
    const std::vector<Calibration> all = calibrationsFromJson(json, "written");
    REQUIRE(all.size() == 2);
    checkSame(all[0], example("A"));
    checkSame(all[1], example("B"));
    CHECK(findCalibration(all, "B") == &all[1]);
    CHECK(findCalibration(all, "C") == nullptr);
}

TEST_CASE("files that cannot be used say why")
{
    const auto refused = [](Json document, const char *message) {
        CHECK_THROWS_WITH_AS(calibrationsFromJson(document.dump(), "c.json"), message, InputError);
    };
    const Json good = parseJson(calibrationsToJson({example("A")}), "good");
    Json other = good;
    other["format"] = "inferlab-run";
    refused(other, "c.json: format: expected \"inferlab-calibration\", found \"inferlab-run\"");
    Json zero = good;
    zero["calibrations"][0]["read_gb_s"] = 0;
    refused(zero, "c.json: calibrations[0].read_gb_s: expected a positive number, found 0");
    Json text = good;
    text["calibrations"][0]["int8_gop_s"] = "fast";
    CHECK_THROWS_AS(calibrationsFromJson(text.dump(), "c.json"), InputError);
    Json missing = good;
    missing["calibrations"][0].erase("f32_gflop_s");
    CHECK_THROWS_AS(calibrationsFromJson(missing.dump(), "c.json"), InputError);
    Json falling = good;
    falling["calibrations"][0]["rereads"][1]["mib"] = 64;
    refused(falling,
            "c.json: calibrations[0].rereads[1].mib: expected more than the one before, "
            "found 64");
    Json newer = good;
    newer["version"] = good["version"].get<int>() + 1;
    CHECK_THROWS_AS(calibrationsFromJson(newer.dump(), "c.json"), InputError);
    CHECK_THROWS_AS(calibrationsFromJson("{", "c.json"), InputError);
}

TEST_CASE("what an earlier program measured is measured anew")
{
    Json old = parseJson(calibrationsToJson({example("A")}), "old");
    old["version"] = 1;
    old["calibrations"][0].erase("sampling_row_gigaelements_s");
    CHECK(calibrationsFromJson(old.dump(), "c.json").empty());
}

TEST_CASE("the same bits in every batch are the default where they are known to cost below 10%")
{
    CHECK(isBatchInvariantByDefault(0.07));
    CHECK(isBatchInvariantByDefault(-0.01));
    CHECK_FALSE(isBatchInvariantByDefault(0.10));
    CHECK_FALSE(isBatchInvariantByDefault(std::nullopt));
}

TEST_CASE("saving replaces an earlier one of the same hardware and keeps the others")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "data" / "inferlab" / "calibration.json";
    CHECK(readCalibrations(path).empty());
    saveCalibration(path, example("A"));
    saveCalibration(path, example("B"));
    Calibration again = example("A");
    again.limits.bytesPerSecond = 1e9;
    saveCalibration(path, again);
    const std::vector<Calibration> all = readCalibrations(path);
    REQUIRE(all.size() == 2);
    CHECK(findCalibration(all, "A")->limits.bytesPerSecond == Approx(1e9));
    CHECK(findCalibration(all, "B")->limits.bytesPerSecond == Approx(38.5e9));
}

TEST_CASE("a damaged file is kept aside, and the new calibration is there")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "calibration.json";
    write(path, "not JSON");
    saveCalibration(path, example("A"));
    CHECK(readCalibrations(path).size() == 1);
    CHECK(read(folder / "calibration.json.damaged") == "not JSON");
}

TEST_CASE("one is taken from disk for this hardware and this program alone")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "calibration.json";
    const auto backend = openBackend("cpu", 1);
    std::string warning;
    CHECK_FALSE(storedCalibration(*backend, "InferLab 0.1.0", path, warning).has_value());
    CHECK(warning.empty());
    saveCalibration(path, example(hardwareId(*backend)));
    CHECK(storedCalibration(*backend, "InferLab 0.1.0", path, warning).has_value());
    CHECK_FALSE(storedCalibration(*backend, "InferLab 0.2.0", path, warning).has_value());
    const auto two = openBackend("cpu", 2);
    CHECK_FALSE(storedCalibration(*two, "InferLab 0.1.0", path, warning).has_value());
    const KnownCalibration known = knownCalibration(*backend, "", "InferLab 0.1.0", path);
    CHECK_FALSE(known.measuredNow);
    CHECK(known.warning.empty());

    // Measured beside other work: worth another try, unless that has more of it.
    Calibration disturbed = example(hardwareId(*backend));
    disturbed.disturbed = "other processes took 31% of the cores";
    disturbed.limits.productsPerSecond = {1, 1, 1};
    saveCalibration(path, disturbed);
    CHECK(storedCalibration(*backend, "InferLab 0.1.0", path, warning)->disturbed
          == disturbed.disturbed);
    const KnownCalibration again = knownCalibration(*backend, "", "InferLab 0.1.0", path);
    CHECK(again.measuredNow);
    CHECK(again.calibration.limits.productsPerSecond[0] > 1);
    CHECK(readCalibrations(path).size() == 1);

    write(path, "[]");
    CHECK_FALSE(storedCalibration(*backend, "InferLab 0.1.0", path, warning).has_value());
    CHECK(warning.find("calibration.json") != std::string::npos);
}

TEST_CASE("before a device is open, its calibration says what is usual")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "calibration.json";
    const std::string program = "InferLab 0.1.0";
    CHECK_FALSE(usualBatchInvariant({"B"}, program, {}));
    CHECK_FALSE(usualBatchInvariant({"B"}, program, path));
    saveCalibration(path, example("B"));
    CHECK(usualBatchInvariant({"B"}, program, path));
    CHECK_FALSE(usualBatchInvariant({}, program, path));
    CHECK_FALSE(usualBatchInvariant({"B"}, "InferLab 0.2.0", path));
    CHECK_FALSE(usualBatchInvariant({"B", "C"}, program, path)); // nobody measured the other
    Calibration dear = example("C");
    dear.batchInvariantCost = 0.2;
    saveCalibration(path, dear);
    CHECK(usualBatchInvariant({"B"}, program, path));
    CHECK_FALSE(usualBatchInvariant({"C"}, program, path));
    write(path, "[]");
    CHECK_FALSE(usualBatchInvariant({"B"}, program, path));
}

TEST_CASE("what caches add is said in words")
{
    DeviceLimits limits = example("A").limits;
    CHECK(readRatesText(limits) == "90 where the same 64 MiB are read again and again");
    limits.rereads.insert(limits.rereads.begin() + 1, {128.0 * 1024 * 1024, 60e9});
    CHECK(readRatesText(limits)
          == "90 where the same 64 MiB are read again and again, 60 of 128 MiB");
    limits.rereads.clear();
    CHECK(readRatesText(limits).empty());
}

TEST_CASE("what is measured is possible: kernels stay below the instructions' peak, and is kept")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "calibration.json";
    const auto backend = openBackend("cpu", 1);
    const KnownCalibration known = knownCalibration(*backend, "", "InferLab test", path);
    REQUIRE(known.measuredNow);
    CHECK(known.warning.empty());
    const Calibration &c = known.calibration;
    CHECK(c.hardware == hardwareId(*backend));
    CHECK(c.hardware.ends_with("; 1 thread"));
    CHECK(c.date.size() == 25); // 2026-11-28T05:00:00+01:00
    // 50 MB/s and 1 PB/s: what no machine of any age has. Other programs may take most of the time.
    CHECK(c.limits.bytesPerSecond > 5e7);
    CHECK(c.limits.bytesPerSecond < 1e15);
    REQUIRE(c.limits.rereads.size() > 1);
    CHECK(c.limits.rereads.front().bytes == 16.0 * 1024 * 1024);
    CHECK(c.limits.rereads.back().bytesPerSecond == c.limits.bytesPerSecond);
    for (const ReadRate &rate : c.limits.rereads)
        CHECK(rate.bytesPerSecond > 5e7);
    for (const double rate : c.limits.productsPerSecond)
        CHECK(rate > 1e7);
    CHECK(c.limits.attentionRowsPerSecond > 1e6);
    CHECK(c.limits.attentionTilesPerSecond > 1e6);
    CHECK(c.limits.rowElementsPerSecond > 1e6);
    CHECK(c.limits.drawnElementsPerSecond > 1e6);
    CHECK(c.limits.drawnOfRowPerSecond > 1e6);
    CHECK(c.limits.smallOperatorSeconds > 1e-9);
    CHECK(c.limits.smallOperatorSeconds < 0.1);
    CHECK(c.limits.largeOperatorSeconds < 0.1);
    // Half as much again for a clock that rises and falls between the two measurements.
    if (c.peakInt8PerSecond > 0)
        CHECK(c.limits.productsPerSecond[0] < 1.5 * c.peakInt8PerSecond);
    if (c.peakFloatPerSecond > 0)
        CHECK(c.limits.productsPerSecond[2] < 1.5 * c.peakFloatPerSecond);
    REQUIRE(readCalibrations(path).size() == 1);
    checkSame(readCalibrations(path).front(), c);
    CHECK_FALSE(c.batchInvariantCost);         // it is no choice here
    CHECK(c.limits.replayedLargeSeconds == 0); // and no step is given to anybody as a whole
    CHECK(c.limits.replayedSmallSeconds == 0);
}

TEST_CASE("measuring gives up when told to, and a place that cannot be written is one line")
{
    const auto backend = openBackend("cpu", 1);
    CHECK_THROWS_AS(calibrate(*backend, "", "InferLab test", [] { return true; }), Cancelled);
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    write(folder / "file", "");
    CHECK_THROWS_AS(saveCalibration(folder / "file" / "calibration.json", example("A")),
                    InputError);
}
