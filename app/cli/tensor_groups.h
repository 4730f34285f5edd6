// The tensors of a model, those that recur in each layer gathered: a model of 30 layers is read as
// 9 lines and not as 270.
#pragma once

#include "engine/files/gguf.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab::cli {

struct TensorGroup
{
    std::string name; // "blk.N.attn_q.weight", or a tensor's own name
    DType type = DType::F32;
    std::vector<int64_t> shape;
    std::vector<int64_t> layers; // empty for a tensor outside the layers
    uint64_t bytes = 0;          // of all of them
    uint64_t tensors = 0;
};

// Tensors of one name but for the layer, one type and one shape make a group; in the file's order.
std::vector<TensorGroup> groupTensors(const std::vector<TensorEntry> &tensors);

// "0-29", "0-3, 7, 9-11"
std::string layerRanges(const std::vector<int64_t> &layers);

} // namespace inferlab::cli
