#include "app/machine/known_calibration.h"

#include "app/machine/calibration_file.h"
#include "engine/base/error.h"

#include <algorithm>
#include <exception>

namespace inferlab {

std::optional<Calibration> storedCalibration(std::string_view hardware, const std::string &program,
                                             const std::filesystem::path &path,
                                             std::string &warning)
{
    if (path.empty())
        return std::nullopt;
    try {
        const std::vector<Calibration> all = readCalibrations(path);
        const Calibration *found = findCalibration(all, hardware);
        if (found != nullptr && found->program == program)
            return *found;
    } catch (const InputError &error) {
        warning = error.what();
    }
    return std::nullopt;
}

std::optional<Calibration> storedCalibration(const Backend &backend, const std::string &program,
                                             const std::filesystem::path &path,
                                             std::string &warning)
{
    return storedCalibration(hardwareId(backend), program, path, warning);
}

bool usualBatchInvariant(const std::vector<std::string> &gpus, const std::string &program,
                         const std::filesystem::path &path)
{
    return !gpus.empty() && std::all_of(gpus.begin(), gpus.end(), [&](const std::string &gpu) {
        std::string warning; // predictions and "This machine" show it
        const auto known = storedCalibration(gpu, program, path, warning);
        return known && isBatchInvariantByDefault(known->batchInvariantCost);
    });
}

namespace {

// Both beside other work: the slower one had more of it.
bool isWorse(const Calibration &now, const Calibration &before)
{
    return !now.disturbed.empty()
        && now.limits.productsPerSecond.front() < before.limits.productsPerSecond.front();
}

} // namespace

KnownCalibration knownCalibration(Backend &backend, std::string_view instructionSet,
                                  const std::string &program, const std::filesystem::path &path,
                                  bool redo, const StopCheck &stop)
{
    KnownCalibration out;
    std::optional<Calibration> stored;
    if (!redo)
        stored = storedCalibration(backend, program, path, out.warning);
    if (stored && stored->disturbed.empty()) {
        out.calibration = std::move(*stored);
        return out;
    }
    out.calibration = calibrate(backend, instructionSet, program, stop);
    if (stored && isWorse(out.calibration, *stored)) {
        out.calibration = std::move(*stored);
        return out;
    }
    out.measuredNow = true;
    if (path.empty()) {
        out.warning = "neither HOME nor XDG_DATA_HOME says where the calibration could be kept";
        return out;
    }
    try {
        saveCalibration(path, out.calibration);
    } catch (const std::exception &error) {
        out.warning = error.what();
    }
    return out;
}

} // namespace inferlab
