// Records with every field set, and of runs that did not end well, for the tests of files and
// tables.
#pragma once

#include "engine/measure/run_record.h"

#include <limits>

namespace inferlab::test {

inline RunSettings richSettings()
{
    using namespace std::string_literals; // a text may hold a zero byte
    RunSettings settings;
    settings.device = "reference";
    settings.threads = 7;
    settings.kvCache = false;
    settings.cacheType = DType::Q8_0;
    settings.batchInvariant = true;
    settings.stepGraphs = false;
    settings.batch = 2;
    settings.scheduler = BatchPolicy::Continuous;
    settings.padding = true;
    settings.chunkTokens = 64;
    settings.requests = 9;
    settings.concurrency = 3;
    settings.promptTokens = 20;
    settings.contextTokens = 2048;
    settings.maxNewTokens = 3;
    settings.leastNewTokens = 2;
    settings.ignoreEnd = true;
    settings.chat = false;
    settings.systemPrompt = "Be \"brief\".\n";
    settings.prompt = "Gr\xC3\xBC\xC3\x9F e \xF0\x9F\x98\x80 \x01\x7F\\ \0 end"s;
    settings.promptPool = {"Why?", "Gr\xC3\xBC\xC3\x9F e\n"};
    settings.round = 4;
    settings.sampling.temperature = 0.7f;
    settings.sampling.topK = 40;
    settings.sampling.topP = 0.9f;
    settings.sampling.minP = 0.05f;
    settings.sampling.repetitionPenalty = 1.05f;
    settings.sampling.seed = std::numeric_limits<uint64_t>::max();
    return settings;
}

// Two requests on a clock that has run for decades.
inline RunRecord richRecord()
{
    constexpr int64_t kStart = 1'700'000'000'123'456'789;
    RunRecord run;
    run.label = "KV cache off, batch 2";
    run.provenance = {"InferLab 0.1.0",
                      "2026-11-23T09:12:00+01:00",
                      "AMD \"EPYC\", 2 threads",
                      "SmolLM2 135M Instruct",
                      "/models/smol,lm.gguf",
                      "sha256:b179c9",
                      "Q4_1"};
    run.settings = richSettings();
    for (int32_t i = 0; i < 2; ++i) {
        RequestRecord request;
        request.id = 10 + i;
        request.scheduledNs = kStart;
        request.submittedNs = kStart + 1;
        request.startedNs = kStart + 500;
        request.promptTokens = 20;
        request.text = "Hi \xE2\x82\xAC";
        const std::string pieces[] = {"Hi ", "\xE2\x82", "\xAC"}; // a character in two tokens
        for (int32_t t = 0; t < 3; ++t) {
            TokenRecord token;
            token.ns = kStart + 1'000'000 * (t + 1) + i;
            token.id = 100 + t;
            token.piece = pieces[t];
            token.probability = 1.0f / static_cast<float>(3 + t);
            token.runnersUp = {{5, 0.25f, "\xFF"}, {6, 1e-20f, "a,\"b\""}};
            request.tokens.push_back(std::move(token));
        }
        request.endNs = request.tokens.back().ns;
        request.endReason = i == 0 ? EndReason::Stop : EndReason::Length;
        run.requests.push_back(std::move(request));
    }
    run.steps = {{kStart + 500, kStart + 1'000'001, 40, 0, 2, 0, 998'877, 0, false,
                  DevicePhases {1, 22'000, 333'000, 444'000, 199'877, 55}},
                 {kStart + 1'000'002, kStart + 2'000'001, 0, 2, 2, 5},
                 {kStart + 2'000'002, kStart + 3'000'001, 0, 2, 2, 0, 900'000, 412, true}};
    return run;
}

// One request cancelled after two tokens, one that failed, one that never began.
inline RunRecord stoppedRecord()
{
    RunRecord run;
    run.label = "stopped";
    run.requests.resize(3);
    for (int32_t i = 0; i < 3; ++i) {
        RequestRecord &request = run.requests[static_cast<size_t>(i)];
        request.id = i;
        request.scheduledNs = request.submittedNs = 1000;
    }
    RequestRecord &cancelled = run.requests[0];
    cancelled.startedNs = 1500;
    cancelled.tokens.resize(2);
    cancelled.tokens[0].ns = 2000;
    cancelled.tokens[1].ns = 3000;
    cancelled.endNs = 3500;
    cancelled.endReason = EndReason::Cancelled;
    RequestRecord &failed = run.requests[1];
    failed.startedNs = 1500;
    failed.endNs = 1600;
    failed.endReason = EndReason::Error;
    failed.message = "the cache has no free blocks";
    return run;
}

} // namespace inferlab::test
