// What a model file is called in records: the SHA-256 of all its bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace inferlab {

// Called after each piece that was read. Bytes; the total is the file's size when it was opened.
using HashProgressCallback = std::function<void(uint64_t doneBytes, uint64_t totalBytes)>;

// "sha256:<64 hex digits>". Reads in pieces; throws Cancelled soon after *stop became true,
// InputError when the file cannot be read. A large file takes seconds: see hash_cache.h.
std::string hashFile(const std::filesystem::path &path, const std::atomic<bool> *stop = nullptr,
                     const HashProgressCallback &progress = {});

// Whether `text` has the form of such a name.
bool isFileHash(const std::string &text) noexcept;

} // namespace inferlab
