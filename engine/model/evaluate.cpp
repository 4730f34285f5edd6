#include "evaluate.h"

#include "engine/base/error.h"
#include "engine/cache/block_pool.h"
#include "engine/model/forward.h"
#include "engine/model/loaded_model.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <string>

namespace inferlab {

namespace {

void checkIds(const LoadedModel &model, std::span<const int32_t> ids)
{
    const ModelConfig &config = model.config();
    if (ids.empty() || ids.size() > static_cast<size_t>(config.contextTokens))
        throw InputError("tokens", "", "1 to " + std::to_string(config.contextTokens) + " tokens",
                         std::to_string(ids.size()));
    for (const int32_t id : ids) {
        if (id < 0 || id >= config.vocabulary)
            throw InputError("tokens", "", "ids from 0 to " + std::to_string(config.vocabulary - 1),
                             std::to_string(id));
    }
}

} // namespace

void evaluate(LoadedModel &model, std::span<const int32_t> ids, const EvaluateOptions &options,
              const std::function<void(int32_t, std::span<const float>)> &take)
{
    checkIds(model, ids);
    const auto total = static_cast<int32_t>(ids.size());
    ForwardLimits limits;
    limits.rows = std::min(total, options.stepTokens);
    limits.logitRows = options.allPositions ? limits.rows : 1;
    limits.sequences = 1;
    limits.contextTokens = total;
    limits.cacheBlocks = blocksFor(total);
    limits.cacheType = options.cacheType;
    Forward forward(model, limits);
    const std::atomic<bool> never {false};

    Batch batch;
    for (int32_t begin = 0; begin < total; begin += limits.rows) {
        const int32_t rows = std::min(limits.rows, total - begin);
        batch.clear();
        batch.ids.assign(ids.begin() + begin, ids.begin() + begin + rows);
        batch.positions.resize(static_cast<size_t>(rows));
        std::iota(batch.positions.begin(), batch.positions.end(), begin);
        batch.sequences.assign(static_cast<size_t>(rows), 0);
        batch.sequenceCount = 1;
        batch.maxBlocks = limits.cacheBlocks;
        batch.blockTables.resize(static_cast<size_t>(limits.cacheBlocks));
        std::iota(batch.blockTables.begin(), batch.blockTables.end(), 0);
        if (options.allPositions) {
            batch.logitRows.resize(static_cast<size_t>(rows));
            std::iota(batch.logitRows.begin(), batch.logitRows.end(), 0);
        } else if (begin + rows == total) {
            batch.logitRows = {rows - 1};
        }
        const ConstMatrixView logits =
            forward.run(batch, options.stop != nullptr ? *options.stop : never);
        for (int64_t row = 0; row < logits.rows; ++row) {
            const int32_t position = begin + batch.logitRows[static_cast<size_t>(row)];
            take(position, {logits.row(row), static_cast<size_t>(logits.cols)});
        }
    }
}

double logSumExp(std::span<const float> logits)
{
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0.0;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - largest);
    return largest + std::log(sum);
}

double negativeLogLikelihood(std::span<const float> logits, int32_t id)
{
    return logSumExp(logits) - static_cast<double>(logits[static_cast<size_t>(id)]);
}

} // namespace inferlab
