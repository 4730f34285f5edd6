// Values as JSON, written as Python's json.dumps does by default: ", " and ": " between, UTF-8 as
// it is.
#include "value.h"

#include <array>
#include <cstdio>

namespace inferlab::jinja {

namespace {

void appendString(std::string &json, std::string_view text)
{
    json += '"';
    for (const char c : text) {
        switch (c) {
        case '"':
            json += "\\\"";
            break;
        case '\\':
            json += "\\\\";
            break;
        case '\n':
            json += "\\n";
            break;
        case '\r':
            json += "\\r";
            break;
        case '\t':
            json += "\\t";
            break;
        case '\b':
            json += "\\b";
            break;
        case '\f':
            json += "\\f";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                std::array<char, 8> escape {};
                std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
                json += escape.data();
            } else {
                json += c;
            }
        }
    }
    json += '"';
}

void appendValue(std::string &json, const Value &value)
{
    if (const TracedText *text = value.asText()) {
        appendString(json, text->text());
    } else if (const List *list = value.asList()) {
        json += '[';
        for (size_t i = 0; i < list->items.size(); ++i) {
            json += i == 0 ? "" : ", ";
            appendValue(json, list->items[i]);
        }
        json += ']';
    } else if (const Dict *dict = value.asDict()) {
        json += '{';
        for (size_t i = 0; i < dict->items.size(); ++i) {
            json += i == 0 ? "" : ", ";
            appendString(json, dict->items[i].first);
            json += ": ";
            appendValue(json, dict->items[i].second);
        }
        json += '}';
    } else if (value.isNone()) {
        json += "null";
    } else if (const auto *truth = value.as<bool>()) {
        json += *truth ? "true" : "false";
    } else if (value.isNumber()) {
        json += printed(value).text();
    } else {
        throw ValueError {"a value that JSON has", std::string(value.typeName())};
    }
}

} // namespace

std::string toJson(const Value &value)
{
    std::string json;
    appendValue(json, value);
    return json;
}

} // namespace inferlab::jinja
