// What one rendering may cost. A template comes from an untrusted file: it must end, and in bounded
// memory.
#pragma once

#include "value.h"

#include <cstdint>

namespace inferlab::jinja {

class Budget
{
public:
    // Throw ValueError when the template has used up what it may.
    void step(uint64_t steps = 1)
    {
        m_steps += steps;
        if (m_steps > kMaxSteps)
            throw ValueError {"a template of at most 5,000,000 steps", "one that goes on"};
    }
    void take(uint64_t bytes)
    {
        m_bytes += bytes;
        if (m_bytes > kMaxBytes)
            throw ValueError {"a template that handles at most 512 MiB of text",
                              "one that goes on"};
    }
    // Looking for `needle` bytes in `haystack` bytes may compare all of them at each place, some 64
    // at a time.
    void search(uint64_t haystack, uint64_t needle) { take(haystack + haystack * needle / 64); }
    // A look-up among `members`, one after another, some 8 of them as dear as another step.
    void lookUp(uint64_t members) { step(members / 8); }

private:
    // A conversation of 1,000 messages takes some 50,000 steps in published templates; this ends
    // within seconds.
    static constexpr uint64_t kMaxSteps = 5'000'000;
    // A prompt of 5 MB passes through a handful of operations of a few copies each.
    static constexpr uint64_t kMaxBytes = uint64_t {512} << 20U;

    uint64_t m_steps = 0;
    uint64_t m_bytes = 0;
};

} // namespace inferlab::jinja
