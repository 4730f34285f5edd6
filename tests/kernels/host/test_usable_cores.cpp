// The number of cores follows the control group's CPU quota, and is at least 1.
#include "kernels/host/usable_cores.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace inferlab;

namespace {

std::filesystem::path freshRoot(const std::string &name)
{
    const std::filesystem::path root = std::filesystem::path(INFERLAB_TEST_SCRATCH) / name;
    std::filesystem::remove_all(root);
    std::filesystem::create_directories(root / "proc/self");
    std::filesystem::create_directories(root / "sys/fs/cgroup/outer/inner");
    return root;
}

void write(const std::filesystem::path &path, const std::string &text)
{
    std::ofstream(path) << text;
}

} // namespace

TEST_CASE("without a control group the affinity mask counts")
{
    const std::filesystem::path root = freshRoot("cores_none");
    CHECK(usableCores(root) >= 1);
    CHECK(usableCores(root / "absent") == usableCores(root));
}

TEST_CASE("a quota below one core gives one thread, wherever on the way up it stands")
{
    const std::filesystem::path root = freshRoot("cores_quota");
    write(root / "proc/self/cgroup", "12:cpu:/old\n0::/outer/inner\n");
    write(root / "sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
    const int unlimited = usableCores(root);
    write(root / "sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
    CHECK(usableCores(root) == 1);
    write(root / "sys/fs/cgroup/outer/cpu.max", "99900000 100000\n");
    CHECK(usableCores(root) == unlimited);
    write(root / "sys/fs/cgroup/cpu.max", "100000 100000\n");
    CHECK(usableCores(root) == 1);
    write(root / "sys/fs/cgroup/cpu.max", "nonsense\n");
    CHECK(usableCores(root) == unlimited);
}
