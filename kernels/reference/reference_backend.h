// The backend that says what is right: plain loops in float32 with sums in float64, one thread.
// Weights are dequantised to float32 when they are loaded, so that nothing but the formulas
// remains.
#pragma once

#include "kernels/api/backend.h"

#include <memory>

namespace inferlab {

// Every dtype and shape whose rows are whole blocks is supported. setThreads() is accepted and
// changes nothing but what threads() answers.
std::unique_ptr<Backend> makeReferenceBackend(int threads);

} // namespace inferlab
