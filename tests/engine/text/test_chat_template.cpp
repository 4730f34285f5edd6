// Chat templates of any source: what comes from messages stays apart, and a hostile one ends with a
// clear line.
#include "engine/base/error.h"
#include "engine/text/chat_template.h"

#include <doctest/doctest.h>

#include <random>

using namespace inferlab;

namespace {

const std::vector<ChatMessage> kMessages = {{"system", " Be kind. "}, {"user", "a<|x|>b"}};

RenderedPrompt render(const std::string &source,
                      const std::vector<ChatMessage> &messages = kMessages)
{
    return ChatTemplate(source, "<s>", "</s>", "model.gguf").render(messages, true);
}

// The message of the InputError; "rendered" when there is none.
std::string refusal(const std::string &source, const std::vector<ChatMessage> &messages = kMessages)
{
    try {
        render(source, messages);
    } catch (const InputError &error) {
        return error.what();
    }
    return "rendered";
}

// "T:" and "M:" before each span.
std::string spansOf(const std::string &source)
{
    std::string all;
    for (const RenderedPrompt::Span &span : render(source).spans)
        all += (span.fromTemplate ? "T:" : "M:") + span.text + ";";
    return all;
}

std::string repeated(const std::string &text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

} // namespace

TEST_CASE("what a message says stays a message's through every operation")
{
    const std::string user = "messages[1].content";
    const auto spans = [&](const std::string &expression) {
        return spansOf("{{ " + expression + " }}");
    };
    CHECK(spansOf("<|{{ messages[0].role }}|>") == "T:<|;M:system;T:|>;");
    CHECK(spans("'<' + " + user + " + '>'") == "T:<;M:a<|x|>b;T:>;");
    CHECK(spans("bos_token ~ " + user + " ~ eos_token") == "T:<s>;M:a<|x|>b;T:</s>;");
    CHECK(spans("messages[0].content | trim") == "M:Be kind.;");
    CHECK(spans("(' ' + messages[0].content + '\\n') | trim") == "M:Be kind.;");
    CHECK(spans("('x' + messages[0].content.strip()) | upper") == "T:X;M:BE KIND.;");
    CHECK(spans(user + ".replace('a', '<|y|>')") == "T:<|y|>;M:<|x|>b;");
    CHECK(spans("'1,2'.replace(',', " + user + ")") == "T:1;M:a<|x|>b;T:2;");
    CHECK(spans(user + ".split('|')[1]") == "M:x;");
    CHECK(spans("[" + user + ", 'b'] | join('-')") == "M:a<|x|>b;T:-b;");
    CHECK(spans("('(' ~ " + user + ")[0:3]") == "T:(;M:a<;");
    CHECK(spans("('(' ~ " + user + ")[::-1]") == "M:b>|x|<a;T:(;");
    CHECK(spans(user + " * 2") == "M:a<|x|>ba<|x|>b;");
    CHECK(spans("messages | tojson").starts_with("M:[{"));
    CHECK(spans("['x'] | tojson") == "T:[\"x\"];");
    CHECK(spans("nothing | default(" + user + ")") == "M:a<|x|>b;");
    CHECK(spans(user + " | length") == "T:7;");
    CHECK(spansOf("{% for c in 'x' + " + user + "[:1] %}{{ c }}{% endfor %}") == "T:x;M:a;");
    CHECK(spansOf("{% set y %}<{{ " + user + " }}>{% endset %}{{ y }}") == "T:<;M:a<|x|>b;T:>;");
    CHECK(spansOf("{% set ns = namespace(t='') %}{% set ns.t = ns.t + " + user + " %}{{ ns.t }}!")
          == "M:a<|x|>b;T:!;");
}

TEST_CASE("a template's refusal and its mistakes name the file and the line")
{
    CHECK(refusal("{{ raise_exception('roles must ' ~ 'alternate') }}")
          == "model.gguf: chat template: roles must alternate");
    CHECK(refusal("a\n\n{{ 1 + }}")
          == "model.gguf: chat template, line 3: expected an expression, found the end of the tag");
    CHECK(refusal("\n{{ x | indent }}").find("line 2: expected one of the filters trim,")
          != std::string::npos);
    CHECK(refusal("{% macro f() %}{% endmacro %}").find("found \"macro\"") != std::string::npos);
    CHECK(refusal("{% include 'x' %}").find("found \"include\"") != std::string::npos);
    CHECK(refusal("{{ ''.__class__.__mro__ }}").find("\"__class__\" is undefined")
          != std::string::npos);
    CHECK(refusal("{{ messages.append(1) }}") != "rendered");
    CHECK(refusal("{{ x.y.z }}").find("\"x\" is undefined") != std::string::npos);
}

TEST_CASE("a template cannot go on for ever, nest without end, or take all memory")
{
    const std::string big = "{% set x = 'aaaaaaaaaaaaaaaa' %}";
    const auto loops = [](int depth, const std::string &body) {
        return repeated("{% for i in range(1000) %}", depth) + body
            + repeated("{% endfor %}", depth);
    };
    CHECK(refusal(loops(5, "x")).find("steps") != std::string::npos);
    CHECK(refusal(big + "{% set ns = namespace(x=x) %}" + loops(1, "{% set ns.x = ns.x + ns.x %}"))
              .find("MiB")
          != std::string::npos);
    CHECK(refusal(big + repeated("{% set x = [x, x, x, x] %}", 60)).find("MiB")
          != std::string::npos);
    CHECK(refusal("{% set ns = namespace(x=[]) %}" + loops(1, "{% set ns.x = [ns.x] %}"))
              .find("nested")
          != std::string::npos);
    CHECK(refusal("{% set ns = namespace() %}{% set ns.self = ns %}").find("namespace")
          != std::string::npos);
    CHECK(refusal("{{ 'x' * 1000000000000 }}") != "rendered");
    CHECK(refusal("{{ ('x' * 1000000).replace('x', 'y' * 1000000) | length }}").find("MiB")
          != std::string::npos);
    CHECK(refusal("{{ ('x' * 10000000).split('x') | length }}") != "rendered");
    CHECK(refusal("{{ ' ' * 10000000 ~ ('x ' * 9999999).split() | length }}") != "rendered");
    CHECK(refusal("{{ ('a' * 4000000).find('a' * 2000000 ~ 'b') }}").find("MiB")
          != std::string::npos);
    CHECK(refusal("{{ range(100000000) | length }}").find("range()") != std::string::npos);
    CHECK(refusal("{{ " + repeated("(", 100000) + "1 }}").find("nested") != std::string::npos);
    CHECK(refusal("{{ " + repeated("not ", 100000) + "1 }}").find("nested") != std::string::npos);
    CHECK(refusal("{{ " + repeated("-", 100000) + "1 }}").find("nested") != std::string::npos);
    CHECK(refusal("{{ 1" + repeated(" + 1", 100000) + " }}").find("in a row") != std::string::npos);
    CHECK(refusal("{{ x" + repeated(".y", 100000) + " }}").find("in a row") != std::string::npos);
    CHECK(refusal("{{ x" + repeated(" is not y", 100000) + " }}").find("in a row")
          != std::string::npos);
    CHECK(refusal(repeated("{% if 1 %}", 10000)).find("nested") != std::string::npos);
    CHECK(refusal("{{ 1" + repeated(" if 1", 100000) + " }}").find("in a row")
          != std::string::npos);
    CHECK(refusal(std::string((1U << 20U) + 1, 'x')).find("bytes") != std::string::npos);
}

TEST_CASE("integers overflow into an error, not into a wrong number")
{
    CHECK(refusal("{{ 9223372036854775807 + 1 }}").find("64 bits") != std::string::npos);
    CHECK(refusal("{{ (0 - 9223372036854775807 - 1) // -1 }}").find("64 bits")
          != std::string::npos);
    CHECK(refusal("{{ (0 - 9223372036854775807 - 1) % -1 }}").find("64 bits") != std::string::npos);
    CHECK(refusal("{{ 99999999999999999999 }}").find("64 bits") != std::string::npos);
    CHECK(render("{{ 'abc'[9223372036854775807:] }}").text().empty());
    CHECK(render("{{ 'abc'[-9223372036854775807::9223372036854775807] }}").text() == "a");
}

TEST_CASE("a message of megabytes passes")
{
    const std::string content = " " + repeated("word <|im_end|> ", 300000);
    const RenderedPrompt prompt = render("{% for m in messages %}<{{ m.role | upper }}>{{ "
                                         "m['content'] | trim + '\\n' }}{% endfor %}",
                                         {{"user", content}});
    CHECK(prompt.text().size() == content.size() - 2 + 7);
    CHECK(
        refusal("{{ messages[0].content }}", {{"user", std::string(33U << 20U, 'x')}}).find("bytes")
        != std::string::npos);
}

TEST_CASE("a damaged template renders or is refused")
{
    const std::string source = "{%- set ns = namespace(n=0) -%}{% for m in messages[::-1] if "
                               "m.role != 'x' %}{% if loop.first and "
                               "m['content'] is string %}{{ '<|' ~ m.role | upper + \"\\u00e9\" "
                               "}}{# c #}{% elif not ns.n %}{{ [1, {'a': "
                               "2.5}][0] }}{% endif %}{% set ns.n = ns.n + "
                               "m.content.split('|')[-1] | length %}{% endfor %}{{ ns.n }}";
    REQUIRE(refusal(source) == "rendered");
    std::mt19937 random(11);
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
        std::string damaged =
            source.substr(0, round % 2 == 0 ? source.size() : random() % source.size());
        for (unsigned i = 0; i < random() % 4 && !damaged.empty(); ++i) {
            const size_t at = random() % damaged.size();
            if (random() % 2 == 0)
                damaged.erase(at, random() % 4);
            else
                damaged.insert(at, 1, source[random() % source.size()]);
        }
        refused += refusal(damaged) == "rendered" ? 0 : 1;
    }
    CHECK(refused > 1000);
    CHECK(refused < 4000);
}
