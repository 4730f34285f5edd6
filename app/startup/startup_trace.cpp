// Reads the process's start from /proc.
#include "startup_trace.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace inferlab {

bool startupTraceWanted()
{
    const char *value = std::getenv("INFERLAB_TRACE_STARTUP");
    return value != nullptr && std::string_view(value) == "1";
}

double millisecondsSinceProcessStart()
{
    std::ifstream file("/proc/self/stat");
    const std::string line {std::istreambuf_iterator<char>(file), {}};
    // proc(5): field 22 is the start in clock ticks since boot; the name (field 2) may hold spaces.
    const size_t afterName = line.rfind(')');
    if (afterName == std::string::npos)
        return 0;
    std::istringstream fields(line.substr(afterName + 1));
    std::string field;
    constexpr int kStartField = 22;
    for (int number = 3; number <= kStartField; ++number)
        fields >> field;
    const double startS =
        std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
    timespec now {};
    if (!fields || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return 0;
    const double nowS = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    return (nowS - startS) * 1e3;
}

void traceStartup(const char *name, double milliseconds)
{
    std::fprintf(stderr, "%s %.0f\n", name, milliseconds);
}

} // namespace inferlab
