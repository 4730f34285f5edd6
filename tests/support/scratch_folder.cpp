#include "scratch_folder.h"

#include <cerrno>
#include <system_error>

#include <stdlib.h>

namespace inferlab::test {

ScratchFolder::ScratchFolder(const std::filesystem::path &parent)
{
    std::filesystem::create_directories(parent);
    std::string pattern = (parent / "XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), pattern);
    m_path = pattern;
}

ScratchFolder::~ScratchFolder()
{
    std::error_code ignored; // a folder left behind harms no test
    std::filesystem::remove_all(m_path, ignored);
}

} // namespace inferlab::test
