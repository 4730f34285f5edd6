// Hashes of files, kept from start to start: a large model is read through once and not at every
// start.
#pragma once

#include "engine/files/file_hash.h"

#include <atomic>
#include <filesystem>
#include <string>

namespace inferlab {

// As hashFile(); but the hash is taken from `cacheFile` where it was kept for this file as it is
// now (canonical path, size, time of the last change in ns, inode), without a call of `progress`.
// Else it is computed and kept there. A cache that is missing, damaged or cannot be written costs
// the time to compute and nothing else; an empty `cacheFile` means that nothing is kept.
std::string cachedFileHash(const std::filesystem::path &path,
                           const std::filesystem::path &cacheFile,
                           const std::atomic<bool> *stop = nullptr,
                           const HashProgressCallback &progress = {});

// The user's own; empty where no folder for it is known (engine/base/user_folders.h).
std::filesystem::path userHashCache();

} // namespace inferlab
