// Whether an experiment has a point that could run at all, from the heads of its model files: known
// before a folder is made and a model is loaded.
#pragma once

#include "app/experiment/experiment.h"

#include <string>

namespace inferlab {

// Throws the InputError of the first point where no point's model can be read or has the chat
// template that its prompts need. modelFile: for points that name none.
void requireRunnablePoint(const Experiment &experiment, const std::string &modelFile);

} // namespace inferlab
