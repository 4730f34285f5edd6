// Columns of text, aligned: the first line is the heading.
#pragma once

#include <string>
#include <vector>

namespace inferlab::cli {

enum class Align { Left, Right };

class TextTable
{
public:
    explicit TextTable(std::vector<Align> columns)
        : m_columns(std::move(columns))
    { }
    void addRow(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    // Each line indented by two spaces, columns two spaces apart, no spaces at the line's end.
    // Widths count UTF-8 characters.
    std::string text() const;

private:
    std::vector<Align> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace inferlab::cli
