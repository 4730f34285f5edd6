// A folder for the files of one test.
#pragma once

#include <filesystem>
#include <string>

namespace inferlab::test {

// A fresh folder for one test's files below `parent`, removed at the end.
class ScratchFolder
{
public:
    explicit ScratchFolder(const std::filesystem::path &parent);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;

    const std::filesystem::path &path() const noexcept { return m_path; }
    std::filesystem::path operator/(const std::string &name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

} // namespace inferlab::test
