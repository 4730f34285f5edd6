// The best of each row of logits and the sums that probabilities need, so that a draw needs not
// the whole row on the host.
#pragma once

#include "kernels/api/logit_summary.h"
#include "kernels/api/views.h"
#include "launch_queue.h"

namespace inferlab::cuda {

// temperatures and out: [logits.rows], in device memory. A temperature of 0: sumTempered is 0. A
// row whose best are too many to be kept apart, as no model's are, has count 0.
void summariseLogits(LaunchQueue &queue, ConstMatrixView logits, const float *temperatures,
                     LogitSummary *out);

} // namespace inferlab::cuda
