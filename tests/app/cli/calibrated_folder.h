// A user's data folder of a test's own, with a calibration of a machine that does not exist, so
// that what is predicted follows from the numbers here and nothing is measured for it.
#pragma once

#include "run_cli.h"

#include "app/machine/calibration_file.h"
#include "kernels/api/devices.h"

#include <filesystem>
#include <string>
#include <vector>

namespace inferlab::test {

class CalibratedFolder
{
public:
    // With the user's data there, as every call below has it.
    CliResult run(const std::vector<std::string> &arguments) const
    {
        CliShell shell;
        shell.dataFolder = path();
        return runCli(arguments, shell);
    }
    std::string path() const { return m_folder.path().string(); }
    std::filesystem::path file() const { return m_folder / "inferlab" / "calibration.json"; }

    // A machine that reads a million bytes a second and does all else at once.
    void calibrate(int threads = 1) const
    {
        constexpr double kNever = 1e18;
        std::string version = run({"--version"}).out;
        version.erase(version.find_last_not_of(" \n") + 1);
        Calibration c;
        c.hardware = hardwareId(*openBackend("cpu", threads));
        c.date = "2026-11-28T05:00:00+01:00";
        c.program = "InferLab " + version;
        c.limits = {1e6,   {},   {kNever, kNever, kNever}, kNever, kNever, kNever, kNever, kNever,
                    1e-12, 1e-12};
        saveCalibration(file(), c);
    }

private:
    ScratchFolder m_folder {INFERLAB_TEST_SCRATCH};
};

} // namespace inferlab::test
