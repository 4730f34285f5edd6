// What a worker says, as a test takes it.
#pragma once

#include "app/session/worker.h"

#include <chrono>
#include <thread>
#include <variant>
#include <vector>

namespace inferlab::test {

// Drains until `commands` commands are done; gives all events.
inline std::vector<SessionEvent> collect(Worker &worker, int commands)
{
    std::vector<SessionEvent> all;
    while (commands > 0) {
        for (SessionEvent &event : worker.mailbox().drain().events) {
            if (std::holds_alternative<CommandDoneEvent>(event.what))
                --commands;
            all.push_back(std::move(event));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return all;
}

template <typename Event>
std::vector<Event> only(const std::vector<SessionEvent> &events)
{
    std::vector<Event> found;
    for (const SessionEvent &event : events) {
        if (const auto *match = std::get_if<Event>(&event.what))
            found.push_back(*match);
    }
    return found;
}

} // namespace inferlab::test
