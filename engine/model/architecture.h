// What differs from one architecture to the next: which tensors there are, and what a layer does
// with them. One file each implements it (llama.cpp); findArchitecture() is the list.
#pragma once

#include "engine/model/model_config.h"
#include "engine/model/weights.h"
#include "kernels/api/backend.h"

#include <atomic>
#include <string_view>
#include <vector>

namespace inferlab {

// The activations of one step; views of the forward pass's buffers, cut to the rows of this step.
struct StepViews
{
    MatrixView hidden;      // [rows, embedding] the residual stream: read and added to
    MatrixView normed;      // [rows, embedding]
    MatrixView query;       // [rows, heads * headDim]
    MatrixView key;         // [rows, kvHeads * headDim]
    MatrixView value;       // [rows, kvHeads * headDim]
    MatrixView attention;   // [rows, heads * headDim]
    MatrixView gate;        // [rows, feedForward]
    MatrixView up;          // [rows, feedForward]
    ConstMatrixView cosSin; // [rows, ropeDim]
    RowPlacement placement;
};

struct Architecture
{
    std::string_view name; // general.architecture
    std::vector<TensorSpec> (*tensors)(const ModelConfig &config);
    // One layer over the step's rows. Throws Cancelled after an operator once `stop` is true; the
    // backend's operators, told of it before, then gave up.
    void (*layer)(Backend &backend, const ModelConfig &config, const LayerWeights &weights,
                  const KvLayerView &cache, const StepViews &views, const std::atomic<bool> &stop);
};

// Null for a name that this program does not run.
const Architecture *findArchitecture(std::string_view name) noexcept;

} // namespace inferlab
