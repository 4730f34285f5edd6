// Progress lines on a terminal or in a log.
#pragma once

#include "app/experiment/folder_run.h"

#include <cstdio>

namespace inferlab {

class ProgressPrinter
{
public:
    explicit ProgressPrinter(std::FILE *stream);

    // On a terminal a line that does not stay is written over; elsewhere it is left out.
    void tell(const ProgressLine &line);

private:
    std::FILE *m_stream;
    bool m_isTerminal;
    bool m_open = false; // a line without its end
};

} // namespace inferlab
