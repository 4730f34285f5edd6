// Finds the default model's place from the environment.
#include "default_model.h"

#include "engine/base/user_folders.h"

#include <cstdlib>
#include <string_view>

namespace inferlab {

namespace {

constexpr std::string_view kFileName = "SmolLM2-135M-Instruct.Q4_1.gguf";

} // namespace

std::optional<std::filesystem::path> defaultModelPath()
{
    if (const char *model = std::getenv("INFERLAB_MODEL"); model != nullptr && *model != '\0')
        return model;
    if (const auto cache = userCacheFolder())
        return *cache / "models" / kFileName;
    return std::nullopt;
}

} // namespace inferlab
