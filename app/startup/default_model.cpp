// Finds the default model's place from the environment.
#include "default_model.h"

#include <cstdlib>
#include <string_view>

namespace inferlab {

namespace {

constexpr std::string_view kFileName = "SmolLM2-135M-Instruct.Q4_1.gguf";

// Unset and empty mean the same.
const char *environment(const char *name)
{
    const char *value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
}

} // namespace

std::filesystem::path defaultModelPath()
{
    if (const char *model = environment("INFERLAB_MODEL"))
        return model;
    std::filesystem::path cache;
    if (const char *xdg = environment("XDG_CACHE_HOME"))
        cache = xdg;
    else if (const char *home = environment("HOME"))
        cache = std::filesystem::path(home) / ".cache";
    return cache / "inferlab" / "models" / kFileName;
}

} // namespace inferlab
