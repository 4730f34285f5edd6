// A request while it is being worked on.
#pragma once

#include "engine/cache/block_pool.h"
#include "engine/run/request.h"
#include "engine/run/sampler.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inferlab {

// How a sequence ended. Kept with it until a step's report has taken it, so that ending one needs
// no memory.
struct Ending
{
    EndReason reason = EndReason::Stop;
    std::string message; // for Error
    int64_t ns = 0;
};

struct Sequence
{
    // Takes all that it will need until its last token, which is that of a full context at most.
    // Throws std::bad_alloc.
    Sequence(RequestId requestId, Request asked, int32_t contextTokens)
        : id(requestId)
        , tokens(std::move(asked.promptTokens))
        , promptTokens(static_cast<int32_t>(tokens.size()))
        , sampler(asked.sampling)
        , request(std::move(asked))
    {
        const int64_t longest =
            std::min<int64_t>(int64_t {promptTokens} + request.maxNewTokens, contextTokens);
        tokens.reserve(static_cast<size_t>(longest));
        blocks.reserve(static_cast<size_t>(blocksFor(longest)));
    }
    // Memory that the above takes at most, beside the object itself.
    static size_t mostBytes(int32_t contextTokens) noexcept
    {
        return static_cast<size_t>(int64_t {contextTokens} + blocksFor(contextTokens))
            * sizeof(int32_t);
    }

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
    std::optional<Ending> ending;
    Sampler sampler;
    Utf8Stream text;
    Request request; // without the prompt, which is in `tokens`
};

} // namespace inferlab
