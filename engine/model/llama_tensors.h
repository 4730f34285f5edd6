// The tensors of the llama architecture: which there are, and their shapes.
#pragma once

#include "engine/model/model_config.h"
#include "engine/model/tensor_spec.h"

#include <vector>

namespace inferlab {

class GgufFile;

// In the order in which they are loaded.
std::vector<TensorSpec> llamaTensors(const ModelConfig &config);

// Compares the file's tensors with what the configuration says. Throws InputError for one that is
// missing, of another shape, or unknown: a bias or norm that is not used would silently change the
// answers.
void checkLlamaTensors(const GgufFile &file, const ModelConfig &config);

} // namespace inferlab
