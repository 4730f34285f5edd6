// What a model file is called in records: the SHA-256 of all its bytes.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

namespace inferlab {

// "sha256:<64 hex digits>". Reads in pieces; throws Cancelled soon after *stop became true,
// InputError when the file cannot be read. The caller keeps the answer: a large file takes seconds.
std::string hashFile(const std::filesystem::path &path, const std::atomic<bool> *stop = nullptr);

} // namespace inferlab
