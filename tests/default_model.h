// Where the tests find the default model: $INFERLAB_MODEL, else the place where packaging/run.sh
// keeps it. A program whose tests need it and that does not find it exits with 77, which ctest
// reports as skipped; packaging/test.sh fetches the model and counts a skipped test as a failure.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace inferlab::test {

inline constexpr int kSkipExitCode = 77;

inline std::filesystem::path defaultModelPath()
{
    if (const char *model = std::getenv("INFERLAB_MODEL"); model != nullptr && *model != '\0')
        return model;
    std::filesystem::path cache;
    if (const char *xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != '\0')
        cache = xdg;
    else if (const char *home = std::getenv("HOME"); home != nullptr)
        cache = std::filesystem::path(home) / ".cache";
    return cache / "inferlab" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";
}

inline bool hasDefaultModel()
{
    std::error_code error;
    return std::filesystem::is_regular_file(defaultModelPath(), error);
}

} // namespace inferlab::test
