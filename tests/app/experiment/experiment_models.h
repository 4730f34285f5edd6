// Experiments on small random models: files that the engine loads, and experiments short enough for
// tests.
#pragma once

#include "app/experiment/experiment_result.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <initializer_list>
#include <string>

namespace inferlab::test {

// A folder with model files that lives as long as the object.
class ModelFolder
{
public:
    ModelFolder()
        : m_scratch(INFERLAB_TEST_SCRATCH)
    { }

    std::string write(const std::string &name, const RandomModelSpec &spec = {}) const
    {
        const std::filesystem::path path = m_scratch / name;
        makeRandomModel(spec).write(path);
        return path.string();
    }
    std::filesystem::path path(const std::string &name) const { return m_scratch / name; }

private:
    ScratchFolder m_scratch;
};

// Takes some ten milliseconds a step: long enough to be met in the middle.
inline RandomModelSpec slowModel()
{
    RandomModelSpec spec;
    spec.layers = 6;
    spec.embedding = 512;
    spec.feedForward = 2048;
    spec.heads = 8;
    spec.kvHeads = 8;
    spec.vocabulary = 4096;
    spec.contextTokens = 2048;
    return spec;
}

inline ExperimentAxis batches(std::initializer_list<double> values)
{
    return {AxisKind::Batch, {values.begin(), values.end()}};
}

inline Experiment smallExperiment()
{
    Experiment experiment;
    experiment.name = "small";
    experiment.prompts = {"abc", "the cat sat", "one two three four"};
    experiment.repeats = 3;
    experiment.warmUps = 1;
    experiment.seed = 11;
    RunSettings &run = experiment.held.run;
    run.chat = false;
    run.ignoreEnd = true;
    run.maxNewTokens = 4;
    run.threads = 2;
    run.sampling.temperature = 0.8f;
    return experiment;
}

} // namespace inferlab::test
