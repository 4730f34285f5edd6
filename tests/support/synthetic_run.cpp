// The formula behind synthetic runs.
#include "support/synthetic_run.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace inferlab {

namespace {

constexpr int64_t kStartNs = 1'000'000'000;
constexpr double kNsPerMs = 1e6;
constexpr int kSlowStepEvery = 60;

RunRecord headOf(const SyntheticRun &shape)
{
    RunRecord run;
    run.label = shape.label.empty() ? "CPU, batch " + std::to_string(shape.batch) : shape.label;
    run.provenance = {"InferLab 0.1.0",
                      "2026-11-23T10:00:00+01:00",
                      "AMD EPYC 9B14, 2 threads, 24 GiB",
                      "SmolLM2 135M Instruct",
                      "SmolLM2-135M-Instruct.Q4_1.gguf",
                      "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                      "Q4_1"};
    run.settings.device = shape.device;
    run.settings.threads = 2;
    run.settings.kvCache = shape.kvCache;
    run.settings.batch = shape.batch;
    run.settings.maxNewTokens = shape.newTokens;
    run.settings.prompt = "The capital of France is";
    run.settings.sampling.seed = shape.seed;
    return run;
}

} // namespace

RunRecord makeSyntheticRun(const SyntheticRun &shape)
{
    std::mt19937_64 random(shape.seed);
    std::normal_distribution<double> noise(0.0, shape.jitter);
    RunRecord run = headOf(shape);
    double nowMs = 0.4;
    const auto at = [](double ms) { return kStartNs + static_cast<int64_t>(ms * kNsPerMs); };
    for (int r = 0; r < shape.batch; ++r) {
        RequestRecord request;
        request.id = r;
        request.scheduledNs = request.submittedNs = kStartNs;
        request.promptTokens = shape.promptTokens;
        run.requests.push_back(request);
    }
    // Prefill, one request after another.
    for (int r = 0; r < shape.batch; ++r) {
        RequestRecord &request = run.requests[static_cast<size_t>(r)];
        const bool waits = shape.queuedFrom >= 0 && r >= shape.queuedFrom;
        request.startedNs = at(waits ? nowMs : 0.3);
        const double begin = nowMs;
        nowMs += shape.prefillMsPerToken * shape.promptTokens * std::max(0.5, 1 + noise(random));
        run.steps.push_back({at(begin), at(nowMs), shape.promptTokens, 0, shape.batch});
        TokenRecord token;
        token.ns = at(nowMs);
        token.id = 100 + r;
        token.piece = " The";
        token.probability = 0.6f;
        request.tokens.push_back(token);
    }
    for (int t = 1; t < shape.newTokens; ++t) {
        double step = shape.stepMs + shape.perSequenceMs * (shape.batch - 1);
        if (!shape.kvCache)
            step += shape.prefillMsPerToken * (shape.promptTokens + t) * shape.batch;
        step *= std::max(0.6, 1 + noise(random));
        if (random() % kSlowStepEvery == 0)
            step *= 1.6;
        const double begin = nowMs;
        nowMs += step;
        run.steps.push_back({at(begin), at(nowMs), 0, shape.batch, shape.batch});
        for (int r = 0; r < shape.batch; ++r) {
            TokenRecord token;
            token.ns = at(nowMs);
            token.id = 200 + t;
            token.piece = " token";
            token.probability = 0.5f;
            run.requests[static_cast<size_t>(r)].tokens.push_back(token);
        }
    }
    for (RequestRecord &request : run.requests) {
        request.endNs = request.tokens.back().ns;
        request.endReason = EndReason::Length;
    }
    return run;
}

RunRecord labelledRun(const std::string &label, int batch, bool kvCache)
{
    return makeSyntheticRun({.batch = batch, .newTokens = 8, .kvCache = kvCache, .label = label});
}

} // namespace inferlab
