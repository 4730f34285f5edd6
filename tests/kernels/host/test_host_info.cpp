// The machine's name and memory are read from the system's text files, limits of control groups
// included.
#include "kernels/host/host_info.h"

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
    std::filesystem::create_directories(root / "sys/fs/cgroup/group");
    return root;
}

void write(const std::filesystem::path &path, const std::string &text)
{
    std::ofstream(path) << text;
}

} // namespace

TEST_CASE("the CPU's name is its model name, and CPU where there is none")
{
    const std::filesystem::path root = freshRoot("info_name");
    CHECK(cpuName(root) == "CPU");
    write(root / "proc/cpuinfo",
          "processor\t: 0\nmodel\t\t: 2\nmodel name\t: Some  CPU @ 3 GHz \n");
    CHECK(cpuName(root) == "Some  CPU @ 3 GHz");
    CHECK(!cpuName().empty());
}

TEST_CASE("memory is what the kernel says is available")
{
    const std::filesystem::path root = freshRoot("info_memory");
    CHECK(hostMemoryInfo(root).totalBytes == 0);
    CHECK(hostMemoryInfo(root).freeBytes == std::nullopt);
    write(root / "proc/meminfo",
          "MemTotal:        8000 kB\nMemFree:  10 kB\nMemAvailable:    6000 kB\n");
    CHECK(hostMemoryInfo(root).totalBytes == 8000 * 1024);
    CHECK(hostMemoryInfo(root).freeBytes == 6000 * 1024);
}

TEST_CASE("a control group's limit lowers both, and pages of idle files count as free")
{
    const std::filesystem::path root = freshRoot("info_limit");
    write(root / "proc/meminfo", "MemTotal: 8000 kB\nMemAvailable: 6000 kB\n");
    write(root / "proc/self/cgroup", "0::/group\n");
    const std::filesystem::path group = root / "sys/fs/cgroup/group";
    write(group / "memory.max", "max\n");
    CHECK(hostMemoryInfo(root).totalBytes == 8000 * 1024);
    write(group / "memory.max", "1000000\n");
    write(group / "memory.current", "700000\n");
    write(group / "memory.stat", "anon 400000\ninactive_file 250000\nactive_file 1\n");
    CHECK(hostMemoryInfo(root).totalBytes == 1000000);
    CHECK(hostMemoryInfo(root).freeBytes == 550000);
    write(group / "memory.current", "2000000\n"); // full: nothing is left, which is known
    CHECK(hostMemoryInfo(root).freeBytes == size_t {0});
    write(root / "sys/fs/cgroup/memory.max", "900000\n"); // the group above has some left
    write(root / "sys/fs/cgroup/memory.current", "100000\n");
    CHECK(hostMemoryInfo(root).freeBytes == size_t {0});
}

TEST_CASE("this machine has memory")
{
    const HostMemoryInfo info = hostMemoryInfo();
    CHECK(info.totalBytes > 0);
    REQUIRE(info.freeBytes.has_value());
    CHECK(*info.freeBytes <= info.totalBytes);
}
