// Where the default model lies: $INFERLAB_MODEL, else the place where packaging/run.sh keeps it.
#pragma once

#include <filesystem>
#include <optional>

namespace inferlab {

// The path alone: whether a file is there is for the caller to see. None where nothing in the
// environment says where to look.
std::optional<std::filesystem::path> defaultModelPath();

} // namespace inferlab
