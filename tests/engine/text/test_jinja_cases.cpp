// Templates against Jinja2's own output (fixtures/text/make_jinja_cases.py): white space,
// expressions, filters, tests, loops, and what must be refused.
#include "case_file.h"

#include "engine/base/error.h"
#include "engine/text/chat_template.h"

#include <doctest/doctest.h>

using namespace inferlab;

namespace {

std::vector<ChatMessage> messagesOf(const nlohmann::json &row)
{
    std::vector<ChatMessage> messages;
    for (const nlohmann::json &message : row.at("messages"))
        messages.push_back({message.at("role"), message.at("content")});
    return messages;
}

struct Rendering
{
    std::string text;
    std::string error; // empty when it rendered
};

Rendering render(const nlohmann::json &row)
{
    try {
        const ChatTemplate chat(row.at("template").get<std::string>(), "<s>", "</s>", "test");
        return {chat.render(messagesOf(row), row.at("add_generation_prompt")).text(), {}};
    } catch (const InputError &error) {
        return {{}, error.what()};
    }
}

} // namespace

TEST_CASE("every template renders as Jinja2 renders it, or is refused")
{
    int rendered = 0;
    int refusedToPrint = 0;
    for (const nlohmann::json &row : test::readCases("jinja_cases.jsonl")) {
        const auto source = row.at("template").get<std::string>();
        CAPTURE(source);
        const Rendering result = render(row);
        CAPTURE(result.error);
        if (row.contains("error")) {
            CHECK(!result.error.empty());
            continue;
        }
        // Python's notation for lists, dictionaries and ranges is not offered: that is refused, and
        // says so.
        if (result.error.find("use tojson") != std::string::npos) {
            ++refusedToPrint;
            continue;
        }
        CHECK(result.error.empty());
        CHECK(result.text == row.at("text").get<std::string>());
        ++rendered;
    }
    CHECK(rendered == 168);
    CHECK(refusedToPrint == 19);
}
