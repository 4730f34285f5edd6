// Pieces of unlike size for the threads of a pool, each taken when a thread is free, and one ahead:
// a thread that knows its next piece can ask memory for it while it is at the one before.
#pragma once

#include "thread_pool.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace inferlab {

// pieceAt(0 .. count - 1) gives an optional piece; none holds no work. body(worker, piece, ahead)
// does one; ahead: a pointer to what the same thread takes next, null where it does not know.
// Returns false to give up. Nothing is taken ahead that another thread might wait for: only while
// each of them still finds a piece of its own.
template <typename PieceAt, typename Body>
void takePieces(ThreadPool &pool, int64_t count, const PieceAt &pieceAt, const Body &body) noexcept
{
    using Piece = decltype(pieceAt(int64_t {0}));
    std::atomic<int64_t> next {0};
    const auto take = [&]() -> Piece {
        for (int64_t taken = next.fetch_add(1, std::memory_order_relaxed); taken < count;
             taken = next.fetch_add(1, std::memory_order_relaxed)) {
            if (Piece piece = pieceAt(taken))
                return piece;
        }
        return std::nullopt;
    };
    pool.run([&](int worker, int workers) {
        Piece taken = take();
        while (taken) {
            Piece ahead;
            if (next.load(std::memory_order_relaxed) + workers <= count)
                ahead = take();
            if (!body(worker, *taken, ahead ? &*ahead : nullptr))
                return;
            taken = ahead ? ahead : take();
        }
    });
}

} // namespace inferlab
