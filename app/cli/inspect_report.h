// What `inspect` says about a GGUF file: as text for people, and as JSON.
#pragma once

#include "engine/base/json.h"
#include "engine/files/gguf.h"
#include "engine/model/model_summary.h"

#include <cstdint>
#include <optional>
#include <string>

namespace inferlab::cli {

// Memory at a context length: the weights as in the file, and keys and values in F16.
struct MemoryAtContext
{
    uint64_t contextTokens = 0;
    uint64_t weightBytes = 0;
    uint64_t kvBytesPerToken = 0;
    uint64_t kvBytes() const noexcept { return kvBytesPerToken * contextTokens; }
    uint64_t totalBytes() const noexcept { return weightBytes + kvBytes(); }
};

// contextTokens 0: what the model was trained for. Nothing for a model without a known
// configuration.
std::optional<MemoryAtContext> memoryAt(const ModelFileSummary &summary, uint64_t contextTokens);

std::string inspectText(const GgufFile &file, const ModelFileSummary &summary,
                        const std::optional<MemoryAtContext> &memory);
Json inspectJson(const GgufFile &file, const ModelFileSummary &summary,
                 const std::optional<MemoryAtContext> &memory);

} // namespace inferlab::cli
