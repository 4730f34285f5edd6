// Where programs keep what belongs to one person.
#pragma once

#include <filesystem>
#include <optional>

namespace inferlab {

// InferLab's folder for what can be fetched or computed again: $XDG_CACHE_HOME/inferlab, else
// $HOME/.cache/inferlab. None where neither is set. The path alone: nothing is created.
std::optional<std::filesystem::path> userCacheFolder();

} // namespace inferlab
