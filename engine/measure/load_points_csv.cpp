// Reads a small CSV table: lines, cells, and three columns of numbers.
#include "engine/measure/load_points_csv.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace inferlab {

namespace {

struct CsvRow
{
    size_t line = 0; // from 1
    std::vector<std::string> cells;
};

std::string trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t";
    const size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

// Cells by RFC 4180: a quoted one may hold commas, line ends, and quotes written twice.
class CsvReader
{
public:
    CsvReader(std::string_view text, const std::string &source)
        : m_text(text)
        , m_source(source)
    {
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; // spreadsheets write it
        if (m_text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
            m_text.remove_prefix(kByteOrderMark.size());
    }

    // Lines without text are passed over. Nullopt at the end.
    std::optional<CsvRow> next()
    {
        while (m_at < m_text.size()) {
            CsvRow row = readRow();
            if (row.cells.size() > 1 || !row.cells.front().empty())
                return row;
        }
        return std::nullopt;
    }

private:
    CsvRow readRow()
    {
        CsvRow row {m_line, {}};
        do
            row.cells.push_back(readCell());
        while (m_at < m_text.size() && m_text[m_at++] == ',');
        ++m_line;
        return row;
    }

    // Up to the comma or the line end behind it, which stay; of "\r\n" the first is taken.
    std::string readCell()
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

    std::string readQuoted()
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

    [[noreturn]] void fail(size_t line, const std::string &expected, const std::string &found) const
    {
        throw InputError(m_source, "line " + std::to_string(line), expected, found);
    }

    std::string_view m_text;
    const std::string &m_source;
    size_t m_at = 0;
    size_t m_line = 1;
};

using Names = std::array<const char *, 3>; // of load, throughput, latency
constexpr Names kColumns {"x", "throughput", "latency"};
constexpr Names kNotebookColumns {"batch_size", "throughput_sustained_tok_s", "p50_latency_s"};
constexpr double kMsPerS = 1e3;

bool isNotebook(const CsvRow &header)
{
    return std::any_of(header.cells.begin(), header.cells.end(),
                       [](const std::string &cell) { return cell == kNotebookColumns[0]; });
}

std::string lowerCase(std::string text)
{
    for (char &c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::array<size_t, 3> findColumns(const CsvRow &header, const Names &names,
                                  const std::string &source)
{
    std::array<size_t, 3> places {};
    for (size_t k = 0; k < names.size(); ++k) {
        std::optional<size_t> place;
        for (size_t i = 0; i < header.cells.size(); ++i) {
            if (lowerCase(header.cells[i]) != names[k])
                continue;
            if (place) {
                throw InputError(source, "header", std::string("one column ") + names[k], "two");
            }
            place = i;
        }
        if (!place) {
            throw InputError(source, "header",
                             std::string("the columns ") + names[0] + ", " + names[1] + " and "
                                 + names[2],
                             std::string("no ") + names[k]);
        }
        places[k] = *place;
    }
    return places;
}

double readNumber(const CsvRow &row, size_t place, const char *column, const std::string &source)
{
    const std::string &cell = row.cells[place];
    double value = 0.0;
    const char *const end = cell.data() + cell.size();
    const auto result = std::from_chars(cell.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end || cell.empty()) {
        throw InputError(source, "line " + std::to_string(row.line) + ", column " + column,
                         "a number", cell.empty() ? "nothing" : "\"" + cell.substr(0, 40) + "\"");
    }
    return value;
}

} // namespace

std::vector<LoadPoint> loadPointsFromCsv(std::string_view csv, const std::string &source)
{
    CsvReader reader(csv, source);
    const std::optional<CsvRow> header = reader.next();
    if (!header)
        throw InputError(source, "", "a header line and points", "nothing");
    const bool notebook = isNotebook(*header);
    const Names &names = notebook ? kNotebookColumns : kColumns;
    const std::array<size_t, 3> places = findColumns(*header, names, source);
    std::vector<LoadPoint> points;
    while (const std::optional<CsvRow> row = reader.next()) {
        if (row->cells.size() != header->cells.size()) {
            throw InputError(source, "line " + std::to_string(row->line),
                             std::to_string(header->cells.size()) + " cells",
                             std::to_string(row->cells.size()));
        }
        LoadPoint point;
        point.load = readNumber(*row, places[0], names[0], source);
        point.throughput = readNumber(*row, places[1], names[1], source);
        point.latencyMs =
            readNumber(*row, places[2], names[2], source) * (notebook ? kMsPerS : 1.0);
        points.push_back(point);
    }
    if (points.empty())
        throw InputError(source, "", "points below the header", "none");
    return points;
}

} // namespace inferlab
