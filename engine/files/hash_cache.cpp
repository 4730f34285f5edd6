#include "hash_cache.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/base/output_file.h"
#include "engine/base/user_folders.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

#include <sys/stat.h>

namespace inferlab {

namespace {

constexpr int kVersion = 1;
constexpr size_t kMostFiles = 200; // the least recently hashed goes first
constexpr size_t kMaxBytes = size_t {4} << 20;
constexpr int64_t kNsPerSecond = 1'000'000'000;

// A file as it is now. Any change of its content changes one of these.
struct FileState
{
    std::string path; // canonical
    int64_t size = 0;
    int64_t changedNs = 0;
    uint64_t inode = 0;

    bool operator==(const FileState &) const = default;
};

struct KeptHash
{
    FileState file;
    std::string hash;
};

std::optional<FileState> stateOf(const std::filesystem::path &path)
{
    std::error_code error;
    const std::filesystem::path canonical = std::filesystem::canonical(path, error);
    struct stat status = {};
    if (error || ::stat(canonical.c_str(), &status) != 0)
        return std::nullopt;
    FileState state;
    // As the cache can hold it: a byte that is not UTF-8 becomes U+FFFD. The inode tells apart what
    // that makes equal.
    state.path = parseJson(jsonText(Json(canonical.string())), "path").get<std::string>();
    state.size = status.st_size;
    state.changedNs = status.st_mtim.tv_sec * kNsPerSecond + status.st_mtim.tv_nsec;
    state.inode = status.st_ino;
    return state;
}

KeptHash readEntry(const JsonCursor &entry)
{
    constexpr int64_t kAnyLow = std::numeric_limits<int64_t>::min();
    constexpr int64_t kAnyHigh = std::numeric_limits<int64_t>::max();
    KeptHash kept;
    kept.file.path = entry.at("path").text();
    kept.file.size = entry.at("size").integer(0, kAnyHigh);
    kept.file.changedNs = entry.at("changed_ns").integer(kAnyLow, kAnyHigh);
    kept.file.inode = static_cast<uint64_t>(entry.at("inode").integer(kAnyLow, kAnyHigh));
    kept.hash = entry.at("hash").text();
    if (!isFileHash(kept.hash))
        entry.at("hash").fail("a hash", kept.hash);
    return kept;
}

// What was kept; nothing where the file is missing, damaged or of another version.
std::vector<KeptHash> readKept(const std::filesystem::path &cacheFile)
{
    std::vector<KeptHash> all;
    try {
        const MappedFile file(cacheFile);
        const auto bytes = file.bytes();
        const std::string source = cacheFile.string();
        const Json document =
            parseJson({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, source,
                      {kMaxBytes, JsonLimits {}.maxDepth});
        const JsonCursor root(document, source);
        root.at("version").integer(kVersion, kVersion);
        const JsonCursor files = root.at("files");
        for (size_t i = 0; i < files.size(); ++i)
            all.push_back(readEntry(files.at(i)));
    } catch (const InputError &) {
        all.clear();
    }
    return all;
}

std::string textOf(const std::vector<KeptHash> &all)
{
    Json files = Json::array();
    for (const KeptHash &kept : all) {
        Json entry;
        entry["path"] = kept.file.path;
        entry["size"] = kept.file.size;
        entry["changed_ns"] = kept.file.changedNs;
        entry["inode"] = static_cast<int64_t>(kept.file.inode);
        entry["hash"] = kept.hash;
        files.push_back(std::move(entry));
    }
    Json document;
    document["version"] = kVersion;
    document["files"] = std::move(files);
    return jsonText(document, 1) + "\n";
}

// What another program keeps at the same moment may be lost: it will be computed again.
void keep(const std::filesystem::path &cacheFile, const KeptHash &kept)
{
    std::vector<KeptHash> all = readKept(cacheFile);
    std::erase_if(all, [&](const KeptHash &other) { return other.file.path == kept.file.path; });
    all.push_back(kept);
    if (all.size() > kMostFiles)
        all.erase(all.begin(), all.end() - kMostFiles);
    try {
        std::filesystem::create_directories(cacheFile.parent_path());
        OutputFile(cacheFile).commit(textOf(all));
    } catch (const std::runtime_error &) {
        // The next start computes it again.
    }
}

} // namespace

std::string cachedFileHash(const std::filesystem::path &path,
                           const std::filesystem::path &cacheFile, const std::atomic<bool> *stop,
                           const HashProgressCallback &progress)
{
    throwIfStopped(stop);
    const std::optional<FileState> before = cacheFile.empty() ? std::nullopt : stateOf(path);
    if (!before)
        return hashFile(path, stop, progress);
    for (const KeptHash &kept : readKept(cacheFile)) {
        if (kept.file == *before)
            return kept.hash;
    }
    std::string hash = hashFile(path, stop, progress);
    if (stateOf(path) == before) // else it changed while it was read
        keep(cacheFile, {*before, hash});
    return hash;
}

std::filesystem::path userHashCache()
{
    const auto folder = userCacheFolder();
    return folder ? *folder / "hashes.json" : std::filesystem::path();
}

} // namespace inferlab
