// Which tensors a model has: a name, what it is for, and its shape.
#pragma once

#include <cstdint>
#include <string>

namespace inferlab {

enum class TensorRole {
    TokenEmbedding,
    OutputNorm,
    Output,
    AttentionNorm,
    Query,
    Key,
    Value,
    AttentionOutput,
    FeedForwardNorm,
    Gate,
    Up,
    Down,
};

// rows = outputs, cols = inputs; a norm's gain is a vector of cols.
struct TensorSpec
{
    std::string name; // as in a GGUF
    TensorRole role = TensorRole::TokenEmbedding;
    int32_t layer = -1; // -1: of no layer
    int64_t rows = 0;
    int64_t cols = 0;

    bool isGain() const noexcept
    {
        return role == TensorRole::OutputNorm || role == TensorRole::AttentionNorm
            || role == TensorRole::FeedForwardNorm;
    }
};

} // namespace inferlab
