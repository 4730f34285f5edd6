// Running requests on a small model to their end, and keeping what came back.
#pragma once

#include "engine/model/loaded_model.h"
#include "engine/run/engine.h"
#include "support/random_blocks.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace inferlab::test {

inline std::shared_ptr<LoadedModel> loadOn(const std::filesystem::path &path, int threads = 2,
                                           const char *device = "cpu")
{
    LoadOptions options;
    options.device = device;
    options.threads = threads;
    return LoadedModel::load(path, options);
}

inline std::shared_ptr<LoadedModel> loadWritten(const GgufWriter &writer, int threads = 2)
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::filesystem::path path = scratch / "model.gguf";
    writer.write(path);
    return loadOn(path, threads);
}

// Ids without the three control tokens of a random model.
inline std::vector<int32_t> randomIds(size_t count, SeededRandom &random, int32_t vocabulary = 512)
{
    std::vector<int32_t> ids(count);
    for (int32_t &id : ids)
        id = 3 + static_cast<int32_t>(random.below(static_cast<uint64_t>(vocabulary) - 3));
    return ids;
}

struct Outcome
{
    std::vector<TokenEvent> tokens;
    std::vector<PrefillProgress> prefill;
    std::string text; // pieces and what was flushed at the end
    EndReason reason = EndReason::Running;
    std::string message;
    int timesStarted = 0;
    int timesFinished = 0;

    std::vector<int32_t> ids() const
    {
        std::vector<int32_t> all;
        for (const TokenEvent &token : tokens)
            all.push_back(token.id);
        return all;
    }
};

// Steps until the engine is idle. `look` sees every report, after it was sorted into the outcomes.
inline std::map<RequestId, Outcome>
runToEnd(Engine &engine, const std::function<void(const StepReport &)> &look = {})
{
    std::map<RequestId, Outcome> outcomes;
    int64_t lastNs = 0;
    for (int steps = 0; !engine.idle(); ++steps) {
        REQUIRE(steps < 100000);
        const StepReport report = engine.step();
        REQUIRE(report.startNs >= lastNs);
        for (const RequestId id : report.started)
            ++outcomes[id].timesStarted;
        for (const PrefillProgress &progress : report.prefill)
            outcomes[progress.request].prefill.push_back(progress);
        for (const TokenEvent &token : report.tokens) {
            Outcome &outcome = outcomes[token.request];
            REQUIRE(token.index == static_cast<int32_t>(outcome.tokens.size()));
            REQUIRE(token.ns >= report.startNs);
            REQUIRE(token.ns <= report.endNs);
            REQUIRE(outcome.timesFinished == 0);
            outcome.text += token.text;
            outcome.tokens.push_back(token);
        }
        for (const FinishedRequest &finished : report.finished) {
            Outcome &outcome = outcomes[finished.request];
            outcome.reason = finished.reason;
            outcome.message = finished.message;
            outcome.text += finished.text;
            ++outcome.timesFinished;
        }
        lastNs = report.endNs;
        if (look)
            look(report);
    }
    for (const auto &[id, outcome] : outcomes)
        REQUIRE(outcome.timesFinished == 1);
    return outcomes;
}

} // namespace inferlab::test
