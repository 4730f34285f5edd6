// A block of Q8_0 as the cache holds it: a head of a token is whole blocks.
#pragma once

#include "weight_format.h"

#include <cstdint>

namespace inferlab::cuda {

struct Q8Block
{
    uint16_t scale; // binary16
    int8_t codes[kGroup];
};
static_assert(sizeof(Q8Block) == 34);

} // namespace inferlab::cuda
