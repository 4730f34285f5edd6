#include "progress_printer.h"

#include <unistd.h>

namespace inferlab {

ProgressPrinter::ProgressPrinter(std::FILE *stream)
    : m_stream(stream)
    , m_isTerminal(::isatty(::fileno(stream)) != 0)
{ }

void ProgressPrinter::tell(const ProgressLine &line)
{
    if (!line.stays && !m_isTerminal)
        return;
    const char *clear = m_open ? "\r\x1b[K" : "";
    std::fprintf(m_stream, "%s%s%s", clear, line.text.c_str(), line.stays ? "\n" : "");
    m_open = !line.stays;
}

} // namespace inferlab
