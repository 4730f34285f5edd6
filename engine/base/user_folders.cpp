#include "user_folders.h"

#include <cstdlib>

namespace inferlab {

namespace {

constexpr auto kProgramFolder = "inferlab";

// Unset and empty mean the same.
std::optional<std::filesystem::path> folderFrom(const char *variable)
{
    const char *value = std::getenv(variable);
    if (value == nullptr || *value == '\0')
        return std::nullopt;
    return value;
}

} // namespace

std::optional<std::filesystem::path> userCacheFolder()
{
    if (const auto cache = folderFrom("XDG_CACHE_HOME"))
        return *cache / kProgramFolder;
    if (const auto home = folderFrom("HOME"))
        return *home / ".cache" / kProgramFolder;
    return std::nullopt;
}

std::optional<std::filesystem::path> userDataFolder()
{
    if (const auto data = folderFrom("XDG_DATA_HOME"))
        return *data / kProgramFolder;
    if (const auto home = folderFrom("HOME"))
        return *home / ".local" / "share" / kProgramFolder;
    return std::nullopt;
}

} // namespace inferlab
