// The block pool: no block in two tables, none lost, and nothing taken when a request does not fit.
#include "engine/cache/block_pool.h"
#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// Every block is in exactly one table, or free.
void checkOwnership(const BlockPool &pool, const std::vector<BlockTable> &tables)
{
    std::vector<int> owners(static_cast<size_t>(pool.total()), 0);
    int32_t taken = 0;
    for (const BlockTable &table : tables) {
        for (const int32_t block : table) {
            REQUIRE(block >= 0);
            REQUIRE(block < pool.total());
            ++owners[static_cast<size_t>(block)];
            ++taken;
        }
    }
    REQUIRE(std::none_of(owners.begin(), owners.end(), [](int count) { return count > 1; }));
    REQUIRE(pool.available() == pool.total() - taken);
}

} // namespace

TEST_CASE("tokens are rounded up to whole blocks")
{
    CHECK(blocksFor(0) == 0);
    CHECK(blocksFor(1) == 1);
    CHECK(blocksFor(kBlockTokens) == 1);
    CHECK(blocksFor(kBlockTokens + 1) == 2);
    CHECK(blocksFor(int64_t {1} << 30) == (1 << 30) / kBlockTokens);
}

TEST_CASE("growing keeps the blocks that a table has, and their order")
{
    BlockPool pool(8);
    BlockTable table;
    REQUIRE(pool.grow(table, kBlockTokens));
    const int32_t first = table.front();
    REQUIRE(pool.grow(table, kBlockTokens)); // enough already
    CHECK(table.size() == 1);
    REQUIRE(pool.grow(table, 3 * kBlockTokens));
    CHECK(table.size() == 3);
    CHECK(table.front() == first);
    REQUIRE(pool.grow(table, 1)); // never shrinks
    CHECK(table.size() == 3);
    checkOwnership(pool, {table});
}

TEST_CASE("what does not fit takes nothing")
{
    BlockPool pool(4);
    BlockTable first;
    BlockTable second;
    REQUIRE(pool.grow(first, 3 * kBlockTokens));
    CHECK_FALSE(pool.grow(second, 2 * kBlockTokens));
    CHECK(second.empty());
    CHECK(pool.available() == 1);
    CHECK(pool.grow(second, kBlockTokens));
    CHECK_FALSE(pool.grow(first, 4 * kBlockTokens));
    CHECK(first.size() == 3);
    checkOwnership(pool, {first, second});
}

TEST_CASE("whatever is taken and given back, no block has two owners and all come back")
{
    for (uint64_t seed = 1; seed <= 50; ++seed) {
        CAPTURE(seed);
        SeededRandom random(seed);
        BlockPool pool(static_cast<int32_t>(1 + random.below(64)));
        std::vector<BlockTable> tables(1 + random.below(12));
        for (int step = 0; step < 400; ++step) {
            BlockTable &table = tables[random.below(tables.size())];
            if (random.below(4) == 0) {
                pool.release(table);
                REQUIRE(table.empty());
            } else {
                const BlockTable before = table;
                const auto tokens = static_cast<int64_t>(random.below(20 * kBlockTokens));
                const int32_t missing =
                    std::max(0, blocksFor(tokens) - static_cast<int32_t>(before.size()));
                const bool fits = missing <= pool.available();
                REQUIRE(pool.grow(table, tokens) == fits);
                REQUIRE(table.size() == before.size() + (fits ? static_cast<size_t>(missing) : 0));
                REQUIRE(std::equal(before.begin(), before.end(), table.begin()));
            }
            checkOwnership(pool, tables);
        }
        for (BlockTable &table : tables)
            pool.release(table);
        CHECK(pool.available() == pool.total());
        BlockTable all;
        CHECK(pool.grow(all, int64_t {pool.total()} * kBlockTokens));
        checkOwnership(pool, {all});
    }
}
