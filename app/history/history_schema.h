// The tables of the history, their version (SQLite's user_version), and the way from each version
// to the next.
#pragma once

#include <array>
#include <span>

namespace inferlab {

class HistoryDatabase;

inline constexpr int kHistoryVersion = 2;
// SQLite's application_id of our files: "ILab".
inline constexpr int kHistoryApplication = 0x494c6162;

// The i-th leads from version i to i + 1, by statements alone: whoever calls it has begun a
// transaction.
using HistoryMigration = void (*)(HistoryDatabase &);
const std::array<HistoryMigration, kHistoryVersion> &historyMigrations();

// 0: a new file. Throws HistoryError: no database (Damaged), one of another program (Other).
int historyVersionOf(HistoryDatabase &database);

// Throws HistoryError (Damaged) where the list's tables or their indexes are not sound. Records
// carry a checksum each and are checked when they are read: there may be gigabytes of them.
void checkHistoryTables(HistoryDatabase &database);

// To the version that the migrations lead to, in one transaction: all of them or, where anything is
// thrown, none. The file's version must not be above it.
void migrateHistory(HistoryDatabase &database, std::span<const HistoryMigration> migrations);

} // namespace inferlab
