// One line of a CSV table: RFC 4180, UTF-8, a point in numbers whatever the locale, an empty cell
// for a figure that does not exist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

inline constexpr const char *kCsvLineEnd = "\r\n"; // RFC 4180

// Appends cells to `out`, and the line's end when it goes.
class CsvLine
{
public:
    explicit CsvLine(std::string &out)
        : m_out(out)
    { }
    ~CsvLine() { m_out += kCsvLineEnd; }
    CsvLine(const CsvLine &) = delete;
    CsvLine &operator=(const CsvLine &) = delete;

    CsvLine &text(std::string_view value); // quoted where it has to be
    CsvLine &integer(int64_t value);
    CsvLine &number(double value);
    CsvLine &number(float value);
    CsvLine &number(std::optional<double> value);
    CsvLine &boolean(bool value);
    CsvLine &empty();
    CsvLine &plain(std::string_view value); // as it is: cells that are made already

private:
    void begin();
    std::string &m_out;
    bool m_first = true;
};

} // namespace inferlab
