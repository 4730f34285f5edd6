#include "sequence.h"

namespace inferlab {

Sequence::Sequence(RequestId requestId, Request asked, int32_t contextTokens, bool padding)
    : id(requestId)
    , tokens(std::move(asked.promptTokens))
    , promptTokens(static_cast<int32_t>(tokens.size()))
    , target(promptTokens)
    , rows(promptTokens)
    , sampler(asked.sampling)
    , request(std::move(asked))
{
    const int64_t longest =
        std::min<int64_t>(int64_t {promptTokens} + request.maxNewTokens, contextTokens);
    tokens.reserve(static_cast<size_t>(longest));
    blocks.reserve(static_cast<size_t>(blocksFor(padding ? contextTokens : longest)));
}

std::unique_ptr<Sequence> Sequence::counted(RequestId id, int32_t promptTokens, int32_t newTokens)
{
    auto sequence = std::make_unique<Sequence>(id, Request {}, 0);
    sequence->promptTokens = promptTokens;
    sequence->target = promptTokens;
    sequence->rows = promptTokens;
    sequence->request.maxNewTokens = newTokens;
    return sequence;
}

int32_t Sequence::tokensAmong(int32_t count) const noexcept
{
    return ending ? 0 : std::clamp(target - computed, 0, count);
}

bool Sequence::wantsLogits(int32_t count) const noexcept
{
    return computed <= logitRow() && logitRow() < computed + count;
}

void Sequence::endRound(bool kvCache, int32_t contextTokens) noexcept
{
    ++round;
    if (ending) { // a row more, and at the context's end the last one again
        const int32_t last = rows;
        rows = std::min(rows + 1, contextTokens);
        computed = kvCache ? std::min(last, rows - 1) : 0;
        return;
    }
    const int32_t pads = kvCache ? 0 : rows - target;
    computed = kvCache ? target : 0; // pads in the cache are written over
    target = length();
    rows = std::min(target + pads, contextTokens);
}

void padToLongest(std::span<const std::unique_ptr<Sequence>> batch) noexcept
{
    int32_t width = 0;
    for (const auto &sequence : batch)
        width = std::max(width, sequence->promptTokens);
    for (const auto &sequence : batch)
        sequence->rows = width;
}

} // namespace inferlab
