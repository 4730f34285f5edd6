// Between the worker and the screen: bounded, and the worker never waits. Steps that do not fit are
// dropped and the fact is kept, so that the worker can send a snapshot once there is room again:
// the screen misses frames, never the result.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace inferlab {

// Event: something with `bool droppable() const` and `size_t weight() const`.
// Status: the latest value wins.
template <typename Event, typename Status>
class Mailbox
{
public:
    struct Contents
    {
        std::vector<Event> events; // in order
        std::optional<Status> status;
    };

    // capacity: total weight of droppable events held at once.
    explicit Mailbox(size_t capacity)
        : m_capacity(capacity)
    { }

    // False when the event was dropped. Events that are not droppable are always taken; there are a
    // handful for each command.
    bool post(Event event)
    {
        const std::lock_guard lock(m_mutex);
        if (event.droppable()) {
            if (m_weight + event.weight() > m_capacity)
                return false;
            m_weight += event.weight();
        }
        m_events.push_back(std::move(event));
        return true;
    }

    bool isEmpty() const
    {
        const std::lock_guard lock(m_mutex);
        return m_events.empty();
    }

    void setStatus(Status status)
    {
        const std::lock_guard lock(m_mutex);
        m_status = std::move(status);
    }

    Contents drain()
    {
        Contents contents;
        const std::lock_guard lock(m_mutex);
        contents.events.swap(m_events);
        contents.status.swap(m_status);
        m_weight = 0;
        return contents;
    }

private:
    const size_t m_capacity;
    mutable std::mutex m_mutex;
    std::vector<Event> m_events;
    std::optional<Status> m_status;
    size_t m_weight = 0;
};

} // namespace inferlab
