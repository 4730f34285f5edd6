// How long until the screen's next frame. Where the engine computes on every core, each millisecond
// of drawing is a millisecond in which all its threads wait; so the frames come further apart,
// until drawing takes no more than a small share of one core. Where they can come no further apart
// and still cost too much, what can wait is to be left out of some. With cores to spare they keep
// their rate.
#pragma once

#include <cstdint>

namespace inferlab {

class FramePacer
{
public:
    explicit FramePacer(int leastMs) noexcept
        : m_leastMs(leastMs)
    { }

    // share: of one core that frames may take, in (0, 1].
    void begin(double share) noexcept;
    void setLeastMs(int leastMs) noexcept { m_leastMs = leastMs; }

    // Milliseconds until the next frame: at least the least, at most kMostMs. cpuNs: processor time
    // of the drawing thread so far; what it spent since the last call is what the last frame cost.
    int nextMs(int64_t cpuNs) noexcept;

    // Frames come as far apart as they may, and up to now took more than their share.
    bool isOverdrawn() const noexcept { return m_nextMs >= kMostMs && m_creditMs < 0; }

    static constexpr int kMostMs = 100; // beyond, a stream of text is seen to stutter

private:
    int m_leastMs;
    double m_share = 1.0;
    int64_t m_cpuNs = -1;
    double m_costMs = 0;   // of a frame, smoothed
    double m_creditMs = 0; // of the share, not yet spent
    int m_nextMs = 0;
};

} // namespace inferlab
