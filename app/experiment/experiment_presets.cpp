#include "experiment_presets.h"

#include "engine/base/error.h"

#include <algorithm>

namespace inferlab {

namespace {

// Six, as the course's notebook has, of about the same length.
const std::vector<std::string> &coursePrompts()
{
    static const std::vector<std::string> prompts = {
        "Explain in simple words why the sky is blue.",
        "Write a short story about a robot that learns to paint.",
        "What are the main causes of the French Revolution?",
        "Give me three tips for learning a new language quickly.",
        "Describe how a refrigerator keeps food cold.",
        "Summarise the plot of Romeo and Juliet in a few sentences.",
    };
    return prompts;
}

// From one line to a paragraph: in a rectangle most of it is padding.
const std::vector<std::string> &mixedPrompts()
{
    static const std::vector<std::string> prompts = {
        "Why is the sky blue?",
        "Translate to French: good morning, how are you today?",
        "Write an email to my landlord that asks for the heating to be repaired, says that it has "
        "been cold for a week, and proposes two days on which somebody could come by.",
        "Summarise: The printing press spread through Europe within fifty years. Books became "
        "cheaper, more people learned to read, and ideas crossed borders faster than rulers "
        "could stop them. Workshops in Venice alone printed millions of volumes. Scholars "
        "compared editions, found mistakes, and corrected them in the next printing. Pamphlets "
        "carried arguments to people who had never owned a book. Within a century, the habit of "
        "checking one text against another had changed how knowledge itself was made and kept.",
    };
    return prompts;
}

std::vector<AxisValue> numbers(std::initializer_list<double> values)
{
    return {values.begin(), values.end()};
}

// For measuring: greedy, a fixed length, whatever the model would say.
Experiment measuring(const char *name, const char *question, double expectedSeconds)
{
    Experiment experiment;
    experiment.name = name;
    experiment.question = question;
    experiment.expectedSeconds = expectedSeconds;
    experiment.prompts = coursePrompts();
    experiment.seed = 2025; // the notebook's
    experiment.held.run.maxNewTokens = 64;
    experiment.held.run.ignoreEnd = true;
    return experiment;
}

// The notebook's sampling, and answers that end where the model ends them.
Experiment courseNotebook()
{
    Experiment experiment = measuring(
        "course-notebook",
        "How do throughput and latency change with the batch size, and where is the knee?", 1800);
    experiment.axes = {{AxisKind::Batch, numbers({1, 8, 32, 64, 128, 256})}};
    experiment.repeats = 10;
    experiment.warmUps = 2;
    RunSettings &run = experiment.held.run;
    run.maxNewTokens = 128;
    run.ignoreEnd = false;
    run.sampling.temperature = 0.7f;
    run.sampling.topP = 0.9f;
    run.sampling.repetitionPenalty = 1.05f;
    return experiment;
}

Experiment courseNotebookSmall()
{
    Experiment experiment = courseNotebook();
    experiment.name = "course-notebook-small";
    experiment.note = "Smaller than the course's sweep: batch 1 to 32 instead of 256, 5 runs "
                      "instead of 10, 1 warm-up instead of 2, 32 new tokens instead of 128";
    experiment.expectedSeconds = 45;
    experiment.axes = {{AxisKind::Batch, numbers({1, 2, 4, 8, 16, 32})}};
    experiment.repeats = 5;
    experiment.warmUps = 1;
    experiment.held.run.maxNewTokens = 32;
    return experiment;
}

Experiment batchSweep()
{
    Experiment experiment =
        measuring("batch",
                  "How much more does a machine produce with more sequences at once, and what does "
                  "each of them wait for it?",
                  80);
    experiment.axes = {{AxisKind::Batch, numbers({1, 2, 4, 8, 16, 32})}};
    return experiment;
}

Experiment cpuAgainstGpu()
{
    Experiment experiment =
        measuring("cpu-gpu", "How much faster is the GPU, and how steady are both?", 10);
    experiment.axes = {{AxisKind::Device, {std::string("cpu"), std::string("cuda")}}};
    experiment.prompts = {coursePrompts().front()};
    return experiment;
}

Experiment kvCache()
{
    Experiment experiment = measuring(
        "kv-cache", "What does the KV cache save, and from which length on does it matter?", 80);
    experiment.axes = {{AxisKind::PromptTokens, numbers({16, 64, 128, 256, 512})},
                       {AxisKind::KvCache, {std::string("on"), std::string("off")}}};
    experiment.repeats = 4; // fewer have no interval of their difference
    experiment.held.run.maxNewTokens = 16;
    experiment.held.run.chat = false;
    experiment.prompts = {mixedPrompts().back()};
    return experiment;
}

Experiment padding()
{
    Experiment experiment = measuring(
        "padding",
        "How much of a rectangular batch of unequal prompts is padding, and what does it cost?",
        45);
    experiment.axes = {{AxisKind::Batch, numbers({2, 4, 8, 16})},
                       {AxisKind::Padding, {std::string("off"), std::string("on")}}};
    experiment.held.run.maxNewTokens = 16;
    experiment.prompts = mixedPrompts();
    return experiment;
}

// No more than 32 requests at once, so that the small batches are refilled and the large one is
// not.
Experiment batching()
{
    Experiment experiment = measuring(
        "batching",
        "What does continuous batching gain over static batching when answers end at different "
        "times?",
        100);
    experiment.axes = {{AxisKind::Batch, numbers({2, 4, 8, 16})},
                       {AxisKind::Scheduler, {std::string("static"), std::string("continuous")}}};
    experiment.repeats = 4; // fewer have no interval of their difference
    RunSettings &run = experiment.held.run;
    run.requests = 32;
    run.leastNewTokens = 1; // uniform: the longest of B answers is 2B/(B+1) times the mean
    run.maxNewTokens = 48;
    return experiment;
}

// Four users; whoever is answered sends the next prompt, a long one, while others are in the middle
// of their answers.
Experiment chunk()
{
    Experiment experiment = measuring(
        "chunk",
        "What does a long prompt cost those whose answers are under way, and what does a smaller "
        "chunk of it change?",
        100);
    experiment.axes = {{AxisKind::ChunkTokens, numbers({16, 32, 64, 128, 256})}};
    experiment.repeats = 4;
    RunSettings &run = experiment.held.run;
    run.scheduler = BatchPolicy::Continuous;
    run.batch = 4;
    run.concurrency = 4;
    run.requests = 12;
    run.promptTokens = 256;
    run.leastNewTokens = 16; // at one length, all would end, and begin, together
    run.maxNewTokens = 48;
    run.chat = false;
    experiment.prompts = {mixedPrompts().back()};
    return experiment;
}

Experiment samplingNull()
{
    Experiment experiment = measuring("sampling",
                                      "Do temperature and top-p change the speed? (Expected: the "
                                      "text changes, the time does not)",
                                      150);
    experiment.note = "The course's notebook lets answers end where the model ends them, and has a "
                      "repetition penalty of 1.05; here each has 64 tokens, without a penalty";
    experiment.axes = {{AxisKind::Temperature, numbers({0, 0.7, 1.3})},
                       {AxisKind::TopP, numbers({0.8, 0.9, 1.0})}};
    experiment.held.run.batch = 16;
    return experiment;
}

Experiment promptLength()
{
    Experiment experiment = measuring(
        "prompt-length", "How does the time to the first token grow with the prompt?", 30);
    experiment.axes = {{AxisKind::PromptTokens, numbers({16, 64, 128, 256, 512, 1024})}};
    experiment.held.run.maxNewTokens = 16;
    experiment.held.run.chat = false;
    experiment.prompts = {mixedPrompts().back()};
    return experiment;
}

Experiment newTokens()
{
    Experiment experiment = measuring(
        "new-tokens", "How does the total latency grow with the length of the answer?", 80);
    experiment.note =
        "The course's notebook takes batch 32 and 20 runs, samples (temperature 0.7, top-p 0.9, "
        "repetition penalty 1.05) and lets answers end where the model ends them; here batch 8, 5 "
        "runs, the most likely token, and every answer at its full length";
    experiment.axes = {{AxisKind::NewTokens, numbers({32, 64, 128, 256})}};
    experiment.held.run.batch = 8;
    return experiment;
}

Experiment quantisation()
{
    Experiment experiment = measuring(
        "quantisation", "How much faster do fewer bits per weight make decode and prefill?", 30);
    experiment.axes = {{AxisKind::ModelFile, {}}}; // of this machine, see fitted()
    return experiment;
}

Experiment threads()
{
    Experiment experiment =
        measuring("threads", "How far do more threads help, and what stops them?", 20);
    experiment.axes = {{AxisKind::Threads, numbers({1, 2, 4, 8, 16, 32, 64})}};
    return experiment;
}

Experiment launchOverhead()
{
    Experiment experiment = measuring("launch-overhead",
                                      "What does launching a decode step kernel by kernel cost, "
                                      "against a recorded graph, and at which batch is it lost in "
                                      "the kernels' own time?",
                                      60);
    experiment.note = "Needs a GPU: the CPU has no launches. The prediction knows none either, and "
                      "is the same for both";
    experiment.axes = {{AxisKind::Batch, numbers({1, 8, 32})},
                       {AxisKind::StepGraphs, {std::string("on"), std::string("off")}}};
    experiment.held.run.device = "cuda";
    return experiment;
}

Experiment cacheType()
{
    Experiment experiment =
        measuring("cache-type",
                  "Do keys and values in 8 bits make long contexts faster, or only smaller?", 90);
    experiment.axes = {{AxisKind::PromptTokens, numbers({64, 512, 1024})},
                       {AxisKind::CacheType, {std::string("F16"), std::string("Q8_0")}}};
    experiment.held.run.batch = 4;
    experiment.held.run.maxNewTokens = 32;
    experiment.held.run.chat = false;
    experiment.prompts = {mixedPrompts().back()};
    return experiment;
}

// None above the cores there are, and all of those.
void fitThreads(std::vector<AxisValue> &values, int cores)
{
    std::erase_if(values,
                  [cores](const AxisValue &value) { return std::get<double>(value) > cores; });
    const AxisValue all = static_cast<double>(cores);
    if (std::find(values.begin(), values.end(), all) == values.end())
        values.insert(std::upper_bound(values.begin(), values.end(), all), all);
}

} // namespace

const std::vector<Experiment> &experimentPresets()
{
    static const std::vector<Experiment> presets = {courseNotebook(), courseNotebookSmall(),
                                                    batchSweep(),     cpuAgainstGpu(),
                                                    kvCache(),        padding(),
                                                    batching(),       chunk(),
                                                    samplingNull(),   promptLength(),
                                                    newTokens(),      quantisation(),
                                                    threads(),        launchOverhead(),
                                                    cacheType()};
    return presets;
}

const Experiment &experimentPreset(std::string_view name)
{
    std::string names;
    for (const Experiment &preset : experimentPresets()) {
        if (preset.name == name)
            return preset;
        names += (names.empty() ? "" : ", ") + preset.name;
    }
    throw InputError("preset", {}, "one of " + names, "\"" + std::string(name) + "\"");
}

Experiment fitted(Experiment experiment, int cores, const std::vector<std::string> &modelFiles)
{
    for (ExperimentAxis &axis : experiment.axes) {
        if (axis.kind == AxisKind::ModelFile && axis.values.empty())
            axis.values.assign(modelFiles.begin(), modelFiles.end());
        if (axis.kind == AxisKind::Threads)
            fitThreads(axis.values, std::max(cores, 1));
    }
    return experiment;
}

} // namespace inferlab
