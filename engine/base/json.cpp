#include "json.h"

#include "engine/base/error.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace inferlab {

namespace {

// "line 3, column 7" of a byte offset. Columns count bytes.
std::string placeOf(std::string_view text, size_t offset)
{
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
    return "line " + std::to_string(line) + ", column "
        + std::to_string(before.size() - lineStart + 1);
}

// nlohmann's message without its tag and place: "[json.exception...] parse error at line ..:
// WORDS".
std::string wordsOf(const std::string &message)
{
    constexpr size_t kMaxWords = 160; // the message quotes what was read, which may be long
    const size_t place = message.find("column ");
    const size_t start = place == std::string::npos ? std::string::npos : message.find(": ", place);
    const std::string words = start == std::string::npos ? message : message.substr(start + 2);
    return words.size() <= kMaxWords ? words : words.substr(0, kMaxWords) + "...";
}

// Builds the document from the parser's events, so that depth and duplicate keys are seen while
// reading.
class Builder : public nlohmann::json_sax<Json>
{
public:
    Builder(std::string_view text, const std::string &source, const JsonLimits &limits)
        : m_text(text)
        , m_source(source)
        , m_limits(limits)
    { }

    Json take() { return std::move(m_root); }

    bool null() override { return add(Json(nullptr)); }
    bool boolean(bool value) override { return add(Json(value)); }
    bool number_integer(number_integer_t value) override { return add(Json(value)); }
    bool number_unsigned(number_unsigned_t value) override { return add(Json(value)); }
    bool number_float(number_float_t value, const string_t & /*text*/) override
    {
        return add(Json(value));
    }
    bool string(string_t &value) override { return add(Json(std::move(value))); }
    bool binary(binary_t & /*value*/) override { return false; } // JSON text has none

    bool start_object(std::size_t /*elements*/) override { return open(false); }
    bool key(string_t &name) override
    {
        Level &level = m_levels.back();
        if (level.repeats(name))
            throw InputError(m_source, {}, "each key of an object once", "\"" + name + "\" twice");
        level.key = std::move(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*elements*/) override { return open(true); }
    bool end_array() override { return close(); }

    bool parse_error(std::size_t position, const std::string & /*token*/,
                     const nlohmann::detail::exception &error) override
    {
        throw InputError(m_source, placeOf(m_text, position == 0 ? 0 : position - 1), "JSON",
                         wordsOf(error.what()));
    }

private:
    // An object's members are collected here and moved into it at its end: the library's ordered
    // map copies its values, with all that is in them, whenever it grows.
    struct Level
    {
        bool isArray = false;
        Json::array_t elements;
        std::vector<std::pair<std::string, Json>> members;
        std::string key;                      // of the member that comes next
        std::unordered_set<std::string> keys; // of objects with many members

        bool repeats(const std::string &name)
        {
            constexpr size_t kFew = 16; // up to here comparing is faster than hashing
            if (members.size() < kFew)
                return std::any_of(members.begin(), members.end(),
                                   [&name](const auto &member) { return member.first == name; });
            if (keys.empty()) {
                for (const auto &member : members)
                    keys.insert(member.first);
            }
            return !keys.insert(name).second;
        }

        Json take()
        {
            if (isArray)
                return Json(std::move(elements));
            Json::object_t object;
            Json::object_t::Container &container = object;
            container.reserve(members.size());
            for (auto &member : members)
                container.emplace_back(std::move(member.first), std::move(member.second));
            return Json(std::move(object));
        }
    };

    bool add(Json &&value)
    {
        if (m_levels.empty()) {
            m_root = std::move(value);
            return true;
        }
        Level &level = m_levels.back();
        if (level.isArray)
            level.elements.push_back(std::move(value));
        else
            level.members.emplace_back(std::move(level.key), std::move(value));
        return true;
    }

    bool open(bool isArray)
    {
        if (m_levels.size() >= static_cast<size_t>(m_limits.maxDepth))
            throw InputError(m_source, {},
                             "JSON nested at most " + std::to_string(m_limits.maxDepth) + " deep",
                             "deeper nesting");
        m_levels.emplace_back().isArray = isArray;
        return true;
    }

    bool close()
    {
        Json value = m_levels.back().take();
        m_levels.pop_back();
        return add(std::move(value));
    }

    std::string_view m_text;
    const std::string &m_source;
    const JsonLimits &m_limits;
    Json m_root;
    std::vector<Level> m_levels;
};

} // namespace

Json parseJson(std::string_view text, const std::string &source, const JsonLimits &limits)
{
    if (text.size() > limits.maxBytes)
        throw InputError(source, {},
                         "at most " + std::to_string(limits.maxBytes) + " bytes of JSON",
                         std::to_string(text.size()));
    Builder builder(text, source, limits);
    if (!Json::sax_parse(text, &builder))
        throw InputError(source, {}, "JSON", "something else");
    return builder.take();
}

std::string jsonText(const Json &value, int indent)
{
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string JsonCursor::path() const
{
    return m_path.empty() ? "the document" : m_path;
}

void JsonCursor::fail(std::string expected, std::string found) const
{
    throw InputError(*m_source, path(), std::move(expected), std::move(found));
}

void JsonCursor::failType(std::string expected) const
{
    fail(std::move(expected), m_value->type_name());
}

std::optional<JsonCursor> JsonCursor::find(std::string_view key) const
{
    if (!isObject())
        failType("an object");
    const auto member = m_value->find(key);
    if (member == m_value->end())
        return std::nullopt;
    std::string path = m_path.empty() ? std::string(key) : m_path + "." + std::string(key);
    return JsonCursor(*member, *m_source, std::move(path));
}

JsonCursor JsonCursor::at(std::string_view key) const
{
    std::optional<JsonCursor> member = find(key);
    if (!member)
        fail("a member \"" + std::string(key) + "\"", "none");
    return *std::move(member);
}

size_t JsonCursor::size() const
{
    if (!isArray())
        failType("an array");
    return m_value->size();
}

JsonCursor JsonCursor::at(size_t index) const
{
    if (index >= size())
        fail("more than " + std::to_string(index) + " elements", std::to_string(m_value->size()));
    return JsonCursor((*m_value)[index], *m_source, m_path + "[" + std::to_string(index) + "]");
}

int64_t JsonCursor::integer(int64_t minimum, int64_t maximum) const
{
    const auto range = [&] {
        return "an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum);
    };
    if (m_value->is_number_unsigned()) {
        const auto value = m_value->get<uint64_t>();
        if (std::cmp_less(value, minimum) || std::cmp_greater(value, maximum))
            fail(range(), std::to_string(value));
        return static_cast<int64_t>(value);
    }
    if (m_value->is_number_integer()) {
        const auto value = m_value->get<int64_t>();
        if (value < minimum || value > maximum)
            fail(range(), std::to_string(value));
        return value;
    }
    if (m_value->is_number_float())
        fail(range(), jsonText(*m_value));
    failType(range());
}

double JsonCursor::number() const
{
    if (!m_value->is_number())
        failType("a number");
    return m_value->get<double>();
}

bool JsonCursor::boolean() const
{
    if (!m_value->is_boolean())
        failType("true or false");
    return m_value->get<bool>();
}

const std::string &JsonCursor::text() const
{
    if (!m_value->is_string())
        failType("a string");
    return m_value->get_ref<const std::string &>();
}

} // namespace inferlab
