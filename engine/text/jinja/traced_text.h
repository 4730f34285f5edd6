// Text that knows which of its bytes the template wrote and which came from a message. Special
// tokens count in the former only, so the difference must survive every operation of a template.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab::jinja {

class TracedText
{
public:
    // Bytes of one origin; runs lie side by side, each from the end of the one before it.
    struct Run
    {
        size_t end = 0;
        bool fromTemplate = false;
    };

    TracedText() = default;
    TracedText(std::string text, bool fromTemplate);

    const std::string &text() const noexcept { return m_text; }
    size_t size() const noexcept { return m_text.size(); }
    const std::vector<Run> &runs() const noexcept { return m_runs; }
    // True for empty text as well: it holds nothing of a message.
    bool isAllFromTemplate() const noexcept;

    void append(std::string_view text, bool fromTemplate);
    void append(const TracedText &other);
    TracedText slice(size_t begin, size_t length) const;

private:
    std::string m_text;
    std::vector<Run> m_runs; // neighbours differ; none is empty
};

} // namespace inferlab::jinja
