// How many users a memory holds: (memory - weights) / (KV bytes per token x context).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace inferlab {

struct CapacityQuestion
{
    uint64_t memoryBytes = 0;
    uint64_t weightBytes = 0;
    uint64_t workspaceBytes = 0;  // activations and the like; 0: left out of the account
    uint64_t kvBytesPerToken = 0; // of all layers (ModelConfig::kvBytesPerToken())
    uint64_t contextTokens = 0;   // of each user: prompt and answer
};

struct Capacity
{
    uint64_t users = 0;        // whole ones
    uint64_t bytesPerUser = 0; // of cache
    uint64_t restBytes = 0;    // left over, too little for one more
    bool weightsFit = false;
    std::string sentence;
};

// Nullopt where there is nothing to divide by: no memory, no context or no cache bytes given.
std::optional<Capacity> capacityOf(const CapacityQuestion &question);

} // namespace inferlab
