#include "csv_line.h"

#include "engine/base/number_text.h"
#include "engine/text/utf8_stream.h"

namespace inferlab {

void CsvLine::begin()
{
    if (!m_first)
        m_out += ',';
    m_first = false;
}

CsvLine &CsvLine::text(std::string_view value)
{
    begin();
    const std::string valid = toValidUtf8(value); // exact bytes are the JSON's matter
    // Blanks at the ends are quoted too: some programs cut them off otherwise.
    const bool isPlain = valid.find_first_of(",\"\r\n") == std::string::npos
        && (valid.empty() || (valid.front() != ' ' && valid.back() != ' '));
    if (isPlain) {
        m_out += valid;
        return *this;
    }
    m_out += '"';
    for (const char c : valid) {
        if (c == '"')
            m_out += '"';
        m_out += c;
    }
    m_out += '"';
    return *this;
}

CsvLine &CsvLine::integer(int64_t value)
{
    return plain(std::to_string(value));
}

CsvLine &CsvLine::number(double value)
{
    return plain(exactText(value));
}

CsvLine &CsvLine::number(float value)
{
    return plain(exactText(value));
}

CsvLine &CsvLine::number(std::optional<double> value)
{
    return plain(value ? exactText(*value) : "");
}

CsvLine &CsvLine::boolean(bool value)
{
    return plain(value ? "true" : "false");
}

CsvLine &CsvLine::empty()
{
    return plain("");
}

CsvLine &CsvLine::plain(std::string_view value)
{
    begin();
    m_out += value;
    return *this;
}

} // namespace inferlab
