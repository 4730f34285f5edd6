// The record of a run: the one type from the engine to the charts, the exports and the history.
// All times are integer nanoseconds of one monotonic clock (engine/base/clock.h); every figure is
// computed from them by the functions of this room and nowhere else.
#pragma once

#include "engine/run/request.h"
#include "kernels/api/device_phases.h"
#include "kernels/api/dtype.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inferlab {

struct TokenRecord
{
    int64_t ns = 0;
    int32_t count = 1; // tokens in this event; more than 1 only in records of remote servers
    int32_t id = -1;   // -1: unknown
    std::string piece; // the token's bytes
    float probability = 0.0f;
    std::vector<RunnerUp> runnersUp;
};

struct RequestRecord
{
    int32_t id = 0;
    int64_t scheduledNs = 0;
    int64_t submittedNs = 0;
    int64_t startedNs = 0; // first step that it took part in; 0: never
    int64_t endNs = 0;     // 0: still running
    EndReason endReason = EndReason::Running;
    std::string message; // for Error
    int32_t promptTokens = 0;
    std::string text; // the answer so far
    std::vector<TokenRecord> tokens;
};

// One engine step; kept so that phases can be told apart afterwards.
struct StepRecord
{
    int64_t startNs = 0;
    int64_t endNs = 0;
    int32_t prefillTokens = 0;
    int32_t decodeTokens = 0;
    int32_t running = 0;
    int32_t paddedTokens = 0; // rows that mean nothing
    int64_t deviceNs = 0;     // what the device says it took, of endNs - startNs; 0: nobody knows
    int32_t launches = 0;     // kernels of a recorded step (CUDA graph); 0: nobody counted
    bool replayed = false;    // it was one, launched as a whole
    // Of some steps that were launched kernel by kernel. Upload and sampling are not in deviceNs.
    std::optional<DevicePhases> devicePhases;

    // It held rows of prompts, or nothing but the pads beside them.
    bool isPrefill() const noexcept
    {
        return prefillTokens > 0 || (decodeTokens == 0 && paddedTokens > 0);
    }
};

// Where a figure comes from; travels into every export.
struct Provenance
{
    std::string program; // "InferLab 0.1.0"
    std::string date;    // ISO 8601 with offset, when the run began
    std::string machine; // "AMD EPYC ..., 2 threads, 24 GiB"
    std::string modelName;
    std::string modelFile;
    std::string modelHash; // "sha256:..."
    std::string quantisation;
};

struct RunSettings
{
    std::string device = "cpu";
    int32_t threads = 0;
    bool kvCache = true;
    DType cacheType = DType::F16; // of keys and values
    bool batchInvariant = false;  // GPU: the same bits in every batch, by slower kernels
    bool stepGraphs = true;       // GPU: decode steps launched as a whole
    int32_t batch = 1;            // sequences advancing together
    BatchPolicy scheduler = BatchPolicy::Static;
    bool padding = false;     // rectangular batches: positions that mean nothing are computed
    int32_t chunkTokens = 0;  // most rows of one step; 0: chosen by the engine
    int32_t requests = 0;     // of the run; 0: as many as the batch holds
    int32_t concurrency = 0;  // requests in flight, the next when one ends; 0: all at once
    int32_t promptTokens = 0; // each prompt cut or repeated to so many; 0: as it is
    int32_t contextTokens = 0;
    int32_t maxNewTokens = 128;
    int32_t leastNewTokens =
        0; // answers of lengths drawn from here to maxNewTokens; 0: all of that
    bool ignoreEnd = false;
    bool chat = true;
    std::string systemPrompt;
    std::string prompt;
    // Prompts that an experiment's requests draw from, each with a seed of its own, by
    // sampling.seed and the round, which is the repeat. Empty: all have `prompt`.
    std::vector<std::string> promptPool;
    int32_t round = 0;
    SamplingSettings sampling; // without a pool, request i of a batch uses seed + i
};

struct RunRecord
{
    std::string label; // "KV cache off, batch 8": what tells this run from others on the same chart
    Provenance provenance;
    RunSettings settings;
    // Which part it plays among the runs of a file: on the screen when they were saved, kept beside
    // that one, found by the search for the knee. One run can be more than one of these.
    bool isShown = false;
    bool isKept = false;
    bool isOfSweep = false;
    std::vector<RequestRecord> requests;
    std::vector<StepRecord> steps;
};

} // namespace inferlab
