// A request while it is being worked on.
#pragma once

#include "engine/cache/block_pool.h"
#include "engine/run/request.h"
#include "engine/run/sampler.h"
#include "engine/text/utf8_stream.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace inferlab {

struct Sequence
{
    Sequence(RequestId requestId, Request asked, int32_t vocabulary)
        : id(requestId)
        , tokens(asked.promptTokens)
        , promptTokens(static_cast<int32_t>(asked.promptTokens.size()))
        , sampler(asked.sampling, vocabulary, asked.promptTokens)
        , request(std::move(asked))
    { }

    int32_t length() const noexcept { return static_cast<int32_t>(tokens.size()); }
    int32_t generated() const noexcept { return length() - promptTokens; }
    // Tokens whose keys and values the cache lacks; at least 1, since the last token is always new.
    int32_t pending() const noexcept { return length() - computed; }

    RequestId id = 0;
    std::vector<int32_t> tokens; // prompt, then answer
    int32_t promptTokens = 0;
    int32_t computed = 0; // tokens whose keys and values are in the cache
    BlockTable blocks;
    bool started = false;
    bool cancelled = false;
    Sampler sampler;
    Utf8Stream text;
    Request request;
};

} // namespace inferlab
