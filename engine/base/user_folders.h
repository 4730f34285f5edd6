// Where programs keep what belongs to one person.
#pragma once

#include <filesystem>
#include <optional>

namespace inferlab {

// InferLab's folder for what can be fetched or computed again: $XDG_CACHE_HOME/inferlab, else
// $HOME/.cache/inferlab. None where neither is set. The path alone: nothing is created.
std::optional<std::filesystem::path> userCacheFolder();

// The same for what was measured and is worth keeping: $XDG_DATA_HOME/inferlab, else
// $HOME/.local/share/inferlab.
std::optional<std::filesystem::path> userDataFolder();

} // namespace inferlab
