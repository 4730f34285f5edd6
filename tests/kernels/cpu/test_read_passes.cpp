// What passes over some memory tell of a simulated cache that keeps what was read last.
#include "kernels/cpu/read_passes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <list>

using namespace inferlab;

namespace {

constexpr double kCachedSeconds = 1;
constexpr double kMemorySeconds = 10;

class SimulatedCache
{
public:
    explicit SimulatedCache(size_t chunks)
        : m_room(chunks)
    { }
    double read(int chunk)
    {
        const auto found = std::find(m_chunks.begin(), m_chunks.end(), chunk);
        const bool hit = found != m_chunks.end();
        if (hit)
            m_chunks.erase(found);
        m_chunks.push_front(chunk);
        if (m_chunks.size() > m_room)
            m_chunks.pop_back();
        return hit ? kCachedSeconds : kMemorySeconds;
    }

private:
    size_t m_room;
    std::list<int> m_chunks;
};

} // namespace

TEST_CASE("sizes measured one after the other do not profit from each other")
{
    SimulatedCache cache(5);
    const auto readChunk = [&cache](int chunk) { return cache.read(chunk); };
    CHECK(secondsOfPass(2, 3, readChunk) == 2 * kCachedSeconds);
    CHECK(secondsOfPass(4, 3, readChunk) == 4 * kCachedSeconds);
    CHECK(secondsOfPass(8, 3, readChunk) == 8 * kMemorySeconds);
    CHECK(secondsOfPass(64, 3, readChunk) == 64 * kMemorySeconds);
}

TEST_CASE("what slows one pass does not count, whatever chunk it meets")
{
    int reads = 0;
    const auto disturbed = [&reads](int chunk) {
        const int pass = reads++ / 4;
        return pass == 1 + chunk % 2 ? 100.0 : 1.0;
    };
    CHECK(secondsOfPass(4, 2, disturbed) == 4.0);
}
