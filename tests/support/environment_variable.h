// A variable of the environment, for a test.
#pragma once

#include <cstdlib>

namespace inferlab::test {

// Set for a scope. Afterwards it is not there.
class EnvironmentVariable
{
public:
    EnvironmentVariable(const char *name, const char *value)
        : m_name(name)
    {
        setenv(name, value, 1);
    }
    ~EnvironmentVariable() { unsetenv(m_name); }
    EnvironmentVariable(const EnvironmentVariable &) = delete;
    EnvironmentVariable &operator=(const EnvironmentVariable &) = delete;

private:
    const char *m_name;
};

} // namespace inferlab::test
