// A request while it is being worked on.
#pragma once

#include "engine/cache/block_pool.h"
#include "engine/run/request.h"
#include "engine/run/sampler.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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
    // Takes all that it will need until its last token, which is that of a full context at most;
    // pads may fill the context. Throws std::bad_alloc.
    Sequence(RequestId requestId, Request asked, int32_t contextTokens, bool padding = false);
    // For planning without an engine: it counts its tokens and holds none.
    static std::unique_ptr<Sequence> counted(RequestId id, int32_t promptTokens, int32_t newTokens);
    // Memory that the first takes at most, beside the object itself.
    static size_t mostBytes(int32_t contextTokens) noexcept
    {
        return static_cast<size_t>(int64_t {contextTokens} + blocksFor(contextTokens))
            * sizeof(int32_t);
    }

    int32_t length() const noexcept { return promptTokens + generated; }

    // A round is what is computed for one token: the prompt, afterwards one row, or without the
    // cache all rows again. Row p is position p. In a rectangular batch pads lie behind the
    // tokens, where no token sees them, and the next tokens are written over them; whoever has
    // ended goes on as nothing but pads until the whole batch has.
    int32_t pending() const noexcept { return rows - computed; } // at least 1
    // Of the next `count` rows, those that hold a token of a sequence that goes on.
    int32_t tokensAmong(int32_t count) const noexcept;
    // The row whose logits are wanted: the last token's. Those of a sequence that has ended are
    // computed as for a batch that knows no ends, and nobody draws from them.
    int32_t logitRow() const noexcept { return (ending ? rows : target) - 1; }
    bool wantsLogits(int32_t count) const noexcept; // of one of the next `count` rows
    // When all rows are computed, and the token is drawn.
    void endRound(bool kvCache, int32_t contextTokens) noexcept;

    RequestId id = 0;
    std::vector<int32_t> tokens; // prompt, then answer
    int32_t promptTokens = 0;
    int32_t generated = 0; // tokens of the answer
    int32_t round = 0;     // from 0, which is the prompt's
    int32_t target = 0;    // of this round: the tokens that it began with
    int32_t rows = 0;      // of this round: where it ends, pads included
    int32_t computed = 0;  // rows from the first one on that are in the cache and count
    BlockTable blocks;
    bool started = false;
    bool cancelled = false;
    std::optional<Ending> ending;
    bool reported = false; // that it ended; in a rectangular batch it goes on as pads
    Sampler sampler;
    Utf8Stream text;
    Request request; // without the prompt, which is in `tokens`
};

// Makes a rectangle of a batch's prompts, before anything of them is computed.
void padToLongest(std::span<const std::unique_ptr<Sequence>> batch) noexcept;

} // namespace inferlab
