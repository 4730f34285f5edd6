// Reads small CSV tables of numbers: RFC 4180, with what spreadsheets add to it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

struct CsvRow
{
    size_t line = 0; // from 1
    std::vector<std::string> cells;
};

// Cells may be quoted, and then hold commas, line ends, and quotes written twice; blanks around
// them are cut off. Throws InputError with the line: a quote that is not closed, text behind one.
class CsvReader
{
public:
    // Both must outlive the reader.
    CsvReader(std::string_view text, const std::string &source);

    // Lines without text are passed over. Nullopt at the end.
    std::optional<CsvRow> next();

private:
    CsvRow readRow();
    std::string readCell();
    std::string readQuoted();
    [[noreturn]] void fail(size_t line, const std::string &expected,
                           const std::string &found) const;

    std::string_view m_text;
    const std::string &m_source;
    size_t m_at = 0;
    size_t m_line = 1;
};

// Where the column is, in any case of letters; `name` is in lower case. Throws InputError for one
// that is there twice.
std::optional<size_t> csvColumn(const CsvRow &header, std::string_view name,
                                const std::string &source);
// Throws InputError for a line of another number of cells than its header.
void requireCells(const CsvRow &row, size_t cells, const std::string &source);
// Throws InputError, with line and column, for a cell that is no number.
double csvNumber(const CsvRow &row, size_t place, std::string_view column,
                 const std::string &source);

} // namespace inferlab
