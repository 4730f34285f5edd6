#include "calibration_output.h"

#include "app/machine/calibration_file.h"
#include "app/machine/read_rates_text.h"
#include "engine/base/number_text.h"
#include "text_table.h"

#include <cstdio>

namespace inferlab::cli {

namespace {

constexpr int kDigits = 3;

} // namespace

Calibration calibrationOf(Backend &backend, std::string_view instructionSet, bool redo,
                          const Context &context)
{
    KnownCalibration known =
        knownCalibration(backend, instructionSet, "InferLab " INFERLAB_VERSION, calibrationPath(),
                         redo, [&context] { return context.interrupted->load(); });
    if (!known.warning.empty())
        std::fprintf(stderr, "inferlab-cli: %s\n", known.warning.c_str());
    return std::move(known.calibration);
}

std::optional<Calibration> storedCalibrationOf(const Backend &backend)
{
    std::string warning;
    auto stored =
        storedCalibration(backend, "InferLab " INFERLAB_VERSION, calibrationPath(), warning);
    if (!warning.empty())
        std::fprintf(stderr, "inferlab-cli: %s\n", warning.c_str());
    return stored;
}

Json calibrationJson(const Calibration &calibration)
{
    // As in the file, so that there is one set of names.
    return parseJson(calibrationsToJson({calibration}), "calibration").at("calibrations").at(0);
}

std::string calibrationText(const Calibration &calibration)
{
    const DeviceLimits &limits = calibration.limits;
    const auto giga = [](double perSecond) { return shortText(perSecond * 1e-9, kDigits); };
    const auto micro = [](double seconds) { return shortText(seconds * 1e6, kDigits); };
    const auto peak = [&giga](double perSecond) {
        return perSecond > 0 ? "of " + giga(perSecond) + " that the instructions could do"
                             : std::string();
    };
    TextTable table({Align::Left, Align::Right, Align::Left, Align::Left});
    table.addRow({"memory", giga(limits.bytesPerSecond), "GB/s", readRatesText(limits)});
    table.addRow({"products, int8", giga(limits.productsPerSecond[0]), "GOP/s",
                  peak(calibration.peakInt8PerSecond)});
    table.addRow({"products, bf16", giga(limits.productsPerSecond[1]), "GFLOP/s", ""});
    table.addRow({"products, f32", giga(limits.productsPerSecond[2]), "GFLOP/s",
                  peak(calibration.peakFloatPerSecond)});
    table.addRow({"attention, decode", giga(limits.attentionRowsPerSecond), "GFLOP/s", ""});
    table.addRow({"attention, prefill", giga(limits.attentionTilesPerSecond), "GFLOP/s", ""});
    table.addRow({"norms, sums", giga(limits.rowElementsPerSecond), "10^9 elements/s", ""});
    table.addRow({"sampling", giga(limits.drawnElementsPerSecond), "10^9 logits/s",
                  "a single row " + giga(limits.drawnOfRowPerSecond)});
    const auto replayed = [&micro](double seconds) {
        return seconds > 0 ? micro(seconds) + " in a step that is replayed as a whole"
                           : std::string();
    };
    const std::string ofProduct = replayed(limits.replayedLargeSeconds);
    table.addRow({"a product", micro(limits.largeOperatorSeconds), "us",
                  "beside its work" + (ofProduct.empty() ? "" : "; " + ofProduct)});
    table.addRow({"a small operator", micro(limits.smallOperatorSeconds), "us",
                  replayed(limits.replayedSmallSeconds)});
    if (calibration.batchInvariantCost)
        table.addRow(
            {"same in any batch", fixedText(100.0 * *calibration.batchInvariantCost, 0), "%",
             std::string("longer steps at most; ")
                 + (isBatchInvariantByDefault(calibration.batchInvariantCost) ? "on by default"
                                                                              : "off by default")});
    const std::string disturbed = calibration.disturbed.empty()
        ? std::string()
        : "Too low, since " + calibration.disturbed + "; measured again with the next experiment\n";
    return "Calibrated " + calibration.date + ": " + calibration.hardware + "\n" + table.text()
        + disturbed;
}

} // namespace inferlab::cli
