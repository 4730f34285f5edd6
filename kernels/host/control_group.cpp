// The line "0::/path" of /proc/self/cgroup names the group; version 1 lines are passed over.
#include "control_group.h"

#include <fstream>
#include <string>

namespace inferlab {

std::vector<std::filesystem::path> controlGroupFolders(const std::filesystem::path &root)
{
    std::ifstream file(root / "proc/self/cgroup");
    std::string line;
    std::filesystem::path group;
    while (std::getline(file, line)) {
        if (line.starts_with("0::/"))
            group = line.substr(4);
    }

    const std::filesystem::path top = root / "sys/fs/cgroup";
    std::vector<std::filesystem::path> folders;
    for (; !group.empty(); group = group.parent_path())
        folders.push_back(top / group);
    folders.push_back(top);
    return folders;
}

} // namespace inferlab
