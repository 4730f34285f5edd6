// JSON in and out. Input is read with limits, and through a cursor that knows where it stands, so
// that a wrong value becomes an InputError such as "run.json: requests[3].tokens[0].ns: expected an
// integer ...". This header and its source are the one way to nlohmann's library.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

// Keeps members in the order in which they were written.
using Json = nlohmann::ordered_json;

struct JsonLimits
{
    size_t maxBytes = size_t {256} << 20; // the largest tokenizer.json in use is about 30 MB
    int maxDepth = 64;                    // reading, copying and destroying recurse
};

// Throws InputError (source, "line L, column C") for text that is not one JSON document in UTF-8,
// is too large or too deep, or repeats a key within one object.
Json parseJson(std::string_view text, const std::string &source, const JsonLimits &limits = {});

// One line when indent < 0, else indented. Bytes that are not UTF-8 become U+FFFD: writing never
// fails.
std::string jsonText(const Json &value, int indent = -1);

// A place in a parsed document. The document and the source name must outlive it.
class JsonCursor
{
public:
    JsonCursor(const Json &root, const std::string &source)
        : m_value(&root)
        , m_source(&source)
    { }

    const Json &value() const noexcept { return *m_value; }
    bool isObject() const noexcept { return m_value->is_object(); }
    bool isArray() const noexcept { return m_value->is_array(); }
    bool isString() const noexcept { return m_value->is_string(); }
    bool isNumber() const noexcept { return m_value->is_number(); }
    bool isNull() const noexcept { return m_value->is_null(); }

    // Members of an object. find: nullopt when missing; at: InputError. Both InputError when this
    // is not an object.
    std::optional<JsonCursor> find(std::string_view key) const;
    JsonCursor at(std::string_view key) const;

    // Elements of an array; InputError when this is not one, or the index is past its end.
    size_t size() const;
    JsonCursor at(size_t index) const;

    // Values; InputError when of another type or out of range. integer() takes whole numbers only,
    // in the number's own width: no wrap-around, no rounding.
    int64_t integer(int64_t minimum, int64_t maximum) const;
    double number() const;
    bool boolean() const;
    const std::string &text() const;

    // "requests[3].tokens[0]"; "the document" at its root.
    std::string path() const;
    [[noreturn]] void fail(std::string expected, std::string found) const;

private:
    JsonCursor(const Json &value, const std::string &source, std::string path)
        : m_value(&value)
        , m_source(&source)
        , m_path(std::move(path))
    { }
    [[noreturn]] void failType(std::string expected) const;

    const Json *m_value;
    const std::string *m_source;
    std::string m_path;
};

} // namespace inferlab
