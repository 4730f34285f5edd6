// Planning a step: who advances by how many tokens, without side effects, whatever the lengths.
#include "engine/run/scheduler.h"
#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

using Running = std::vector<std::unique_ptr<Sequence>>;

constexpr int32_t kContext = 1000;

std::unique_ptr<Sequence> makeSequence(RequestId id, int32_t promptTokens)
{
    return Sequence::counted(id, promptTokens, 1);
}

StepPlan plannedStep(const Running &running, const SchedulerLimits &limits, int32_t freeBlocks)
{
    StepPlan plan(3); // of an earlier step
    planStep(running, limits, freeBlocks, plan);
    return plan;
}

Running makeRunning(const std::vector<int32_t> &promptTokens)
{
    Running running;
    for (const int32_t tokens : promptTokens)
        running.push_back(makeSequence(static_cast<RequestId>(running.size()), tokens));
    return running;
}

std::vector<std::pair<RequestId, int32_t>> summary(const StepPlan &plan)
{
    std::vector<std::pair<RequestId, int32_t>> rows;
    for (const PlannedRows &planned : plan)
        rows.emplace_back(planned.sequence->id, planned.rows);
    return rows;
}

using Rows = std::vector<std::pair<RequestId, int32_t>>;

// What the engine does with a plan.
void commit(const StepPlan &plan, BlockPool &pool, bool kvCache)
{
    for (const PlannedRows &planned : plan) {
        Sequence &sequence = *planned.sequence;
        REQUIRE(pool.grow(sequence.blocks, sequence.computed + planned.rows));
        if (sequence.wantsLogits(planned.rows) && !sequence.ending)
            ++sequence.generated;
        sequence.computed += planned.rows;
        if (sequence.pending() > 0)
            continue;
        if (!kvCache)
            pool.release(sequence.blocks);
        sequence.endRound(kvCache, kContext);
    }
}

// Every sequence of the plan advances, none beyond its end, and the step holds them all.
void requireFits(const StepPlan &plan, int32_t stepTokens)
{
    int32_t rows = 0;
    for (const PlannedRows &planned : plan) {
        REQUIRE(planned.rows >= 1);
        REQUIRE(planned.rows <= planned.sequence->pending());
        rows += planned.rows;
    }
    REQUIRE(rows <= stepTokens);
}

} // namespace

TEST_CASE("prompts are computed in chunks, the first first, before anything decodes")
{
    const Running running = makeRunning({10, 3, 5});
    BlockPool pool(16);
    const SchedulerLimits limits {true, 8};
    const auto next = [&] {
        const StepPlan plan = plannedStep(running, limits, pool.available());
        commit(plan, pool, true);
        return summary(plan);
    };
    CHECK(next() == Rows {{0, 8}});
    CHECK(next() == Rows {{0, 2}, {1, 3}, {2, 3}});
    CHECK(next() == Rows {{2, 2}});
    CHECK(next() == Rows {{0, 1}, {1, 1}, {2, 1}});
    CHECK(next() == Rows {{0, 1}, {1, 1}, {2, 1}});
}

TEST_CASE("continuous: those that decode take their row first, prompts what is left")
{
    Running running = makeRunning({3, 4});
    BlockPool pool(16);
    const SchedulerLimits limits {true, 8, BatchPolicy::Continuous};
    const auto next = [&] {
        const StepPlan plan = plannedStep(running, limits, pool.available());
        commit(plan, pool, true);
        return summary(plan);
    };
    CHECK(next() == Rows {{0, 3}, {1, 4}});
    running.push_back(makeSequence(2, 13)); // a long prompt in midstream
    CHECK(next() == Rows {{0, 1}, {1, 1}, {2, 6}});
    CHECK(next() == Rows {{0, 1}, {1, 1}, {2, 6}});
    CHECK(next() == Rows {{0, 1}, {1, 1}, {2, 1}});
    running.erase(running.begin()); // its place is taken
    running.push_back(makeSequence(3, 5));
    running.push_back(makeSequence(4, 9));
    CHECK(next() == Rows {{1, 1}, {2, 1}, {3, 5}, {4, 1}});
}

TEST_CASE("planning changes nothing: the same plan again")
{
    const Running running = makeRunning({40, 7});
    BlockPool pool(8);
    const StepPlan first = plannedStep(running, {true, 16}, pool.available());
    CHECK(pool.available() == 8);
    CHECK(running[0]->computed == 0);
    CHECK(running[0]->blocks.empty());
    CHECK(summary(plannedStep(running, {true, 16}, pool.available())) == summary(first));
}

TEST_CASE("with the cache off every step computes all tokens, the shortest answer first")
{
    const Running running = makeRunning({4, 4});
    BlockPool pool(2);
    const SchedulerLimits limits {false, 6};
    const auto next = [&] {
        const StepPlan plan = plannedStep(running, limits, pool.available());
        commit(plan, pool, false);
        return summary(plan);
    };
    CHECK(next() == Rows {{0, 4}, {1, 2}});
    CHECK(next() == Rows {{1, 2}, {0, 4}}); // sequence 0 has 5 tokens by now; 4 fit
    CHECK(next() == Rows {{0, 1}, {1, 5}});
    CHECK(next() == Rows {{0, 6}});
    CHECK(next() == Rows {{1, 6}});
}

TEST_CASE("a sequence whose blocks are not free waits, and one always goes on")
{
    const Running running = makeRunning({3 * kBlockTokens, 3 * kBlockTokens});
    BlockPool pool(4);
    const StepPlan plan = plannedStep(running, {false, 1000}, pool.available());
    CHECK(summary(plan) == Rows {{0, 3 * kBlockTokens}});
}

TEST_CASE("a rectangle: every prompt as long as the longest, answers where they would be without")
{
    const Running running = makeRunning({5, 2});
    padToLongest(running);
    BlockPool pool(16);
    const auto next = [&](int32_t stepTokens) {
        const StepPlan plan = plannedStep(running, {true, stepTokens}, pool.available());
        commit(plan, pool, true);
        return summary(plan);
    };
    CHECK(next(8) == Rows {{0, 5}, {1, 3}});
    CHECK(running[1]->generated == 1); // drawn behind its own last token, before its pads end
    CHECK(next(8) == Rows {{1, 2}});   // nobody decodes before the rectangle is full
    CHECK(running[1]->computed == 2);
    CHECK(next(8) == Rows {{0, 1}, {1, 1}});
    CHECK(running[1]->computed == 3);
    running[0]->ending.emplace();
    CHECK(next(8) == Rows {{0, 1}, {1, 1}});
    CHECK(running[0]->tokensAmong(1) == 0);
    CHECK(running[0]->generated == 2);
    CHECK(running[1]->generated == 3);
}

TEST_CASE("a rectangle without the cache is computed whole for every token, and none runs ahead")
{
    const Running running = makeRunning({5, 2});
    padToLongest(running);
    BlockPool pool(16);
    const auto next = [&](int32_t stepTokens) {
        const StepPlan plan = plannedStep(running, {false, stepTokens}, pool.available());
        commit(plan, pool, false);
        return summary(plan);
    };
    CHECK(next(100) == Rows {{0, 5}, {1, 5}});
    CHECK(next(100) == Rows {{0, 6}, {1, 6}});
    running[0]->ending.emplace();
    CHECK(next(10) == Rows {{0, 7}, {1, 3}});
    CHECK(running[1]->generated == 2); // its last token was the fourth row
    CHECK(next(10) == Rows {{1, 4}, {0, 6}});
    CHECK(running[1]->generated == 3);
    CHECK(next(100) == Rows {{0, 2}, {1, 8}});
    CHECK(pool.available() == pool.total());
}

TEST_CASE("pads stop at the end of the context")
{
    const Running running = makeRunning({kContext - 1, 3});
    padToLongest(running);
    for (const bool kvCache : {true, false}) {
        CAPTURE(kvCache);
        Sequence &ended = *running[kvCache ? 0 : 1];
        ended.ending.emplace();
        for (int round = 0; round < 4; ++round) {
            ended.computed = ended.rows;
            ended.endRound(kvCache, kContext);
            CHECK(ended.rows == kContext);
            CHECK(ended.computed == (kvCache ? kContext - 1 : 0));
        }
    }
}

TEST_CASE("whatever the lengths and budgets, all sequences reach their end and none runs ahead")
{
    for (uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        SeededRandom random(seed);
        const bool kvCache = random.below(2) == 0;
        std::vector<int32_t> lengths(1 + random.below(9));
        for (int32_t &length : lengths)
            length = static_cast<int32_t>(1 + random.below(150));
        constexpr int32_t kNewTokens = 5;
        const int32_t context = *std::max_element(lengths.begin(), lengths.end()) + kNewTokens;
        const auto count = static_cast<int32_t>(lengths.size());
        const int32_t stepTokens = count + static_cast<int32_t>(random.below(200));
        const int32_t held = kvCache ? count : std::min(count, 2);
        BlockPool pool(held * blocksFor(context));
        Running running = makeRunning(lengths);
        const bool padding = random.below(2) == 0;
        if (padding)
            padToLongest(running);

        for (int step = 0; !running.empty(); ++step) {
            REQUIRE(step < 10000);
            const StepPlan plan = plannedStep(running, {kvCache, stepTokens}, pool.available());
            REQUIRE(!plan.empty());
            requireFits(plan, stepTokens);
            commit(plan, pool, kvCache);
            const auto [least, most] = std::minmax_element(
                running.begin(), running.end(),
                [](const auto &a, const auto &b) { return a->generated < b->generated; });
            // With the cache on the first to finish its prompt waits for the others.
            REQUIRE((*most)->generated - (*least)->generated <= 1);
            std::erase_if(running, [&pool](const auto &sequence) {
                if (sequence->generated < kNewTokens)
                    return false;
                pool.release(sequence->blocks);
                return true;
            });
        }
        CHECK(pool.available() == pool.total());
    }
}

TEST_CASE(
    "continuous: whatever arrives while others run, every step advances and all reach their end")
{
    for (uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        SeededRandom random(seed);
        const bool kvCache = random.below(2) == 0;
        const auto places = static_cast<int32_t>(1 + random.below(9));
        constexpr int32_t kMostPrompt = 150;
        constexpr int32_t kMostNew = 7;
        const int32_t stepTokens = places + static_cast<int32_t>(random.below(200));
        const int32_t held = kvCache ? places : std::min(places, 2);
        BlockPool pool(held * blocksFor(kMostPrompt + kMostNew));
        const auto total = static_cast<RequestId>(places + 12);
        std::vector<int32_t> wanted(static_cast<size_t>(total));
        Running running;
        RequestId next = 0;

        for (int step = 0; next < total || !running.empty(); ++step) {
            REQUIRE(step < 10000);
            while (next < total && running.size() < static_cast<size_t>(places)) {
                wanted[static_cast<size_t>(next)] =
                    static_cast<int32_t>(1 + random.below(kMostNew));
                running.push_back(
                    makeSequence(next++, static_cast<int32_t>(1 + random.below(kMostPrompt))));
            }
            const SchedulerLimits limits {kvCache, stepTokens, BatchPolicy::Continuous};
            const StepPlan plan = plannedStep(running, limits, pool.available());
            REQUIRE(!plan.empty());
            requireFits(plan, stepTokens);
            for (const auto &sequence : running) {
                const auto isOf = [&](const PlannedRows &planned) {
                    return planned.sequence == sequence.get();
                };
                if (kvCache && sequence->generated > 0) // decoding never waits
                    REQUIRE(std::any_of(plan.begin(), plan.end(), isOf));
            }
            commit(plan, pool, kvCache);
            std::erase_if(running, [&](const auto &sequence) {
                if (sequence->generated < wanted[static_cast<size_t>(sequence->id)])
                    return false;
                pool.release(sequence->blocks);
                return true;
            });
        }
        CHECK(pool.available() == pool.total());
    }
}
