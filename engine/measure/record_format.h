// What the writer and the reader of record files have to agree on.
#pragma once

#include "engine/run/request.h"

#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

inline constexpr std::string_view kRecordFormat = "inferlab-run";
inline constexpr int kRecordVersion = 1;
inline constexpr std::string_view kBase64Suffix = "_b64";

// Part of the format, so spelled here and not taken from what the program shows.
inline constexpr struct
{
    EndReason reason;
    std::string_view name;
} kRecordEndReasons[] = {{EndReason::Running, "running"},
                         {EndReason::Stop, "stop"},
                         {EndReason::Length, "length"},
                         {EndReason::Cancelled, "cancelled"},
                         {EndReason::Error, "error"}};

inline std::string recordEndReason(EndReason reason)
{
    for (const auto &entry : kRecordEndReasons) {
        if (entry.reason == reason)
            return std::string(entry.name);
    }
    return "error";
}

inline std::optional<EndReason> endReasonFromRecord(std::string_view name)
{
    for (const auto &entry : kRecordEndReasons) {
        if (entry.name == name)
            return entry.reason;
    }
    return std::nullopt;
}

} // namespace inferlab
