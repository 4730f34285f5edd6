// A file that is written whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace inferlab {

// What is written goes into a file of another name in the same folder, which takes the place of
// `path` at the end; until then, and when anything fails, what was at `path` stays as it was.
class OutputFile
{
public:
    // Throws InputError when no file can be written there. Follows a symbolic link; takes no
    // device and no pipe, which cannot be replaced.
    explicit OutputFile(const std::filesystem::path &path);
    ~OutputFile();
    OutputFile(const OutputFile &) = delete;
    OutputFile &operator=(const OutputFile &) = delete;

    // Once. Throws std::runtime_error with the path and the reason, such as a full disk.
    void commit(std::string_view content);

private:
    [[noreturn]] void fail(int error) const;

    std::filesystem::path m_path;
    std::string m_part; // empty: committed
    int m_descriptor = -1;
};

} // namespace inferlab
