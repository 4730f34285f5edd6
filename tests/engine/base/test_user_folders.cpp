// Where the cache and the data folder lie, from the environment.
#include "engine/base/user_folders.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>

using namespace inferlab;

namespace {

// A variable of the environment as it was, afterwards.
class Variable
{
public:
    Variable(const char *name, const char *value) // null: unset
        : m_name(name)
    {
        if (const char *before = std::getenv(name))
            m_before = before;
        set(value);
    }
    ~Variable() { set(m_before ? m_before->c_str() : nullptr); }
    Variable(const Variable &) = delete;
    Variable &operator=(const Variable &) = delete;

private:
    void set(const char *value)
    {
        if (value != nullptr)
            ::setenv(m_name, value, 1);
        else
            ::unsetenv(m_name);
    }

    const char *m_name;
    std::optional<std::string> m_before;
};

} // namespace

TEST_CASE("the data folder is XDG_DATA_HOME's, else HOME's, else there is none")
{
    const Variable home("HOME", "/home/someone");
    {
        const Variable xdg("XDG_DATA_HOME", "/elsewhere");
        CHECK(userDataFolder() == "/elsewhere/inferlab");
    }
    const Variable empty("XDG_DATA_HOME", "");
    CHECK(userDataFolder() == "/home/someone/.local/share/inferlab");
    const Variable noHome("HOME", nullptr);
    CHECK(userDataFolder() == std::nullopt);
}

TEST_CASE("the cache folder is XDG_CACHE_HOME's, else HOME's, else there is none")
{
    const Variable home("HOME", "/home/someone");
    {
        const Variable xdg("XDG_CACHE_HOME", "/elsewhere");
        CHECK(userCacheFolder() == "/elsewhere/inferlab");
    }
    const Variable empty("XDG_CACHE_HOME", ""); // as if it were not set
    CHECK(userCacheFolder() == "/home/someone/.cache/inferlab");
    const Variable noHome("HOME", nullptr);
    CHECK(userCacheFolder() == std::nullopt);
}
