// bench_live_figures [SEQUENCES [TOKENS]]: what one frame's figures cost the window at the end of a
// run of that size, and what saving it costs. Build it with the release preset.
#include "engine/measure/metrics.h"
#include "engine/measure/pooled_itl.h"
#include "engine/measure/record_json.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

using namespace inferlab;

namespace {

RunRecord makeRun(int sequences, int tokens)
{
    std::mt19937_64 random(1);
    RunRecord run;
    for (int32_t i = 0; i < sequences; ++i) {
        RequestRecord request;
        request.id = i;
        request.scheduledNs = request.submittedNs = request.startedNs = 1;
        int64_t now = 50'000'000;
        for (int t = 0; t < tokens; ++t) {
            now += 20'000'000 + static_cast<int64_t>(random() % 5'000'000);
            TokenRecord token;
            token.ns = now;
            token.id = t;
            token.piece = " token";
            token.probability = 0.5f;
            token.runnersUp.assign(TokenEvent::kRunnersUp, {7, 0.1f, " other"});
            request.tokens.push_back(std::move(token));
        }
        request.endNs = now;
        request.endReason = EndReason::Length;
        run.requests.push_back(std::move(request));
    }
    return run;
}

// The best of five, in ms of processor time: one thread works, and others may be busy beside it.
template <typename Work>
void time(const char *what, Work work)
{
    double best = 1e300;
    for (int round = 0; round < 5; ++round) {
        const std::clock_t begin = std::clock();
        work();
        const auto ticks = static_cast<double>(std::clock() - begin);
        best = std::min(best, ticks * 1e3 / CLOCKS_PER_SEC);
    }
    std::printf("%-56s %10.3f ms\n", what, best);
}

} // namespace

int main(int argc, char **argv)
{
    const int sequences = argc > 1 ? std::atoi(argv[1]) : 256;
    const int tokens = argc > 2 ? std::atoi(argv[2]) : 1000;
    if (sequences < 1 || tokens < 2) {
        std::fprintf(stderr, "bench_live_figures [SEQUENCES [TOKENS]]\n");
        return 2;
    }
    RunRecord run = makeRun(sequences, tokens);
    std::printf("%d sequences of %d tokens\n", sequences, tokens);

    time("computeMetrics, from the whole record", [&] { computeMetrics(run); });
    time("throughputOverTime, windows of 250 ms", [&] { throughputOverTime(run, 250'000'000); });
    time("pooledItlMs", [&] { pooledItlMs(run); });
    std::string json;
    time("runsToJson", [&] { json = runsToJson({run}); });
    std::printf("%-56s %10.1f MB\n", "the file", static_cast<double>(json.size()) / 1e6);
    time("runsFromJson", [&] { runsFromJson(json, "run.json"); });
    time("tokensToCsv", [&] { tokensToCsv({run}); });
    PooledItl live;
    live.update(run);
    time("PooledItl, one more token of each sequence, and summary", [&] {
        for (RequestRecord &request : run.requests) {
            request.tokens.push_back(request.tokens.back());
            request.tokens.back().ns += 20'000'000;
        }
        live.update(run);
        live.summary();
    });
    return 0;
}
