#include "engine/measure/csv_table.h"

#include "engine/base/error.h"

#include <algorithm>
#include <charconv>

namespace inferlab {

namespace {

std::string trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t";
    const size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

std::string lowerCase(std::string text)
{
    for (char &c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

} // namespace

CsvReader::CsvReader(std::string_view text, const std::string &source)
    : m_text(text)
    , m_source(source)
{
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; // spreadsheets write it
    if (m_text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
        m_text.remove_prefix(kByteOrderMark.size());
}

std::optional<CsvRow> CsvReader::next()
{
    while (m_at < m_text.size()) {
        CsvRow row = readRow();
        if (row.cells.size() > 1 || !row.cells.front().empty())
            return row;
    }
    return std::nullopt;
}

CsvRow CsvReader::readRow()
{
    CsvRow row {m_line, {}};
    do
        row.cells.push_back(readCell());
    while (m_at < m_text.size() && m_text[m_at++] == ',');
    ++m_line;
    return row;
}

// Up to the comma or the line end behind it, which stay; of "\r\n" the first is taken.
std::string CsvReader::readCell()
{
    while (m_at < m_text.size() && m_text[m_at] == ' ')
        ++m_at;
    if (m_at < m_text.size() && m_text[m_at] == '"')
        return readQuoted();
    const size_t end = std::min(m_text.find_first_of(",\n", m_at), m_text.size());
    std::string_view cell = m_text.substr(m_at, end - m_at);
    m_at = end;
    if (!cell.empty() && cell.back() == '\r')
        cell.remove_suffix(1);
    return trimmed(cell);
}

std::string CsvReader::readQuoted()
{
    const size_t startLine = m_line;
    std::string cell;
    for (++m_at; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        if (c == '"') {
            if (m_at + 1 >= m_text.size() || m_text[m_at + 1] != '"')
                break;
            ++m_at;
        }
        m_line += c == '\n' ? 1 : 0;
        cell += c;
    }
    if (m_at >= m_text.size())
        fail(startLine, "a closing quote", "the end of the file");
    ++m_at;
    const size_t end = std::min(m_text.find_first_of(",\n", m_at), m_text.size());
    const std::string rest = trimmed(m_text.substr(m_at, end - m_at));
    if (!rest.empty() && rest != "\r")
        fail(m_line, "a comma behind a quoted cell", "\"" + rest.substr(0, 40) + "\"");
    m_at = end;
    return trimmed(cell);
}

void CsvReader::fail(size_t line, const std::string &expected, const std::string &found) const
{
    throw InputError(m_source, "line " + std::to_string(line), expected, found);
}

std::optional<size_t> csvColumn(const CsvRow &header, std::string_view name,
                                const std::string &source)
{
    std::optional<size_t> place;
    for (size_t i = 0; i < header.cells.size(); ++i) {
        if (lowerCase(header.cells[i]) != name)
            continue;
        if (place)
            throw InputError(source, "header", "one column " + std::string(name), "two");
        place = i;
    }
    return place;
}

void requireCells(const CsvRow &row, size_t cells, const std::string &source)
{
    if (row.cells.size() != cells)
        throw InputError(source, "line " + std::to_string(row.line),
                         std::to_string(cells) + " cells", std::to_string(row.cells.size()));
}

double csvNumber(const CsvRow &row, size_t place, std::string_view column,
                 const std::string &source)
{
    const std::string &cell = row.cells[place];
    double value = 0.0;
    const char *const end = cell.data() + cell.size();
    const auto result = std::from_chars(cell.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end || cell.empty()) {
        throw InputError(source,
                         "line " + std::to_string(row.line) + ", column " + std::string(column),
                         "a number", cell.empty() ? "nothing" : "\"" + cell.substr(0, 40) + "\"");
    }
    return value;
}

} // namespace inferlab
