#include "app/machine/known_calibration.h"

#include "app/machine/calibration_file.h"
#include "engine/base/error.h"

#include <exception>

namespace inferlab {

std::optional<Calibration> storedCalibration(const Backend &backend, const std::string &program,
                                             const std::filesystem::path &path,
                                             std::string &warning)
{
    if (path.empty())
        return std::nullopt;
    try {
        const std::vector<Calibration> all = readCalibrations(path);
        const Calibration *found = findCalibration(all, hardwareId(backend));
        if (found != nullptr && found->program == program)
            return *found;
    } catch (const InputError &error) {
        warning = error.what();
    }
    return std::nullopt;
}

KnownCalibration knownCalibration(Backend &backend, std::string_view instructionSet,
                                  const std::string &program, const std::filesystem::path &path,
                                  bool redo, const StopCheck &stop)
{
    KnownCalibration out;
    if (!redo) {
        if (auto stored = storedCalibration(backend, program, path, out.warning)) {
            out.calibration = std::move(*stored);
            return out;
        }
    }
    out.calibration = calibrate(backend, instructionSet, program, stop);
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
