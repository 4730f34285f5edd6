#include "text_table.h"

#include <algorithm>

namespace inferlab::cli {

namespace {

size_t characters(const std::string &text)
{
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80; // not a continuation byte
    }));
}

} // namespace

std::string TextTable::text() const
{
    std::vector<size_t> widths(m_columns.size(), 0);
    for (const auto &row : m_rows) {
        for (size_t c = 0; c < row.size(); ++c)
            widths[c] = std::max(widths[c], characters(row[c]));
    }
    std::string all;
    for (const auto &row : m_rows) {
        std::string line;
        for (size_t c = 0; c < row.size(); ++c) {
            const std::string padding(widths[c] - characters(row[c]), ' ');
            line += "  " + (m_columns[c] == Align::Right ? padding + row[c] : row[c] + padding);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        all += line + "\n";
    }
    return all;
}

} // namespace inferlab::cli
