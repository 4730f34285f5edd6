#include "file_hash.h"

#include "engine/base/error.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

namespace inferlab {

namespace {

// Large enough that the calls cost nothing, small enough that a stop is answered within a few ms.
constexpr size_t kPieceBytes = size_t {1} << 20;

constexpr std::string_view kPrefix = "sha256:";
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr size_t kDigitCount = 64;

struct CloseFile
{
    void operator()(std::FILE *file) const noexcept { std::fclose(file); }
};

struct FreeDigest
{
    void operator()(EVP_MD_CTX *context) const noexcept { EVP_MD_CTX_free(context); }
};

void require(int result)
{
    if (result != 1)
        throw std::runtime_error("libcrypto cannot compute SHA-256");
}

std::string hexOf(const unsigned char *bytes, unsigned count)
{
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 0xf];
    }
    return text;
}

} // namespace

std::string hashFile(const std::filesystem::path &path, const std::atomic<bool> *stop,
                     const HashProgressCallback &progress)
{
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
    if (!file)
        throw InputError(path.string(), {}, "a file that can be read", std::strerror(errno));
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
    if (!digest)
        throw std::bad_alloc();
    require(EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr));
    std::vector<unsigned char> piece(kPieceBytes);
    std::error_code unknown; // a total of 0 then
    const uintmax_t size = std::filesystem::file_size(path, unknown);
    const uint64_t total = unknown ? 0 : size;
    uint64_t done = 0;
    for (;;) {
        throwIfStopped(stop);
        const size_t count = std::fread(piece.data(), 1, piece.size(), file.get());
        if (count == 0)
            break;
        require(EVP_DigestUpdate(digest.get(), piece.data(), count));
        done += count;
        if (progress)
            progress(done, total);
    }
    if (std::ferror(file.get()) != 0)
        throw InputError(path.string(), {}, "a file that can be read to its end",
                         std::strerror(errno));
    std::array<unsigned char, EVP_MAX_MD_SIZE> result {};
    unsigned length = 0;
    require(EVP_DigestFinal_ex(digest.get(), result.data(), &length));
    return std::string(kPrefix) + hexOf(result.data(), length);
}

bool isFileHash(const std::string &text) noexcept
{
    return text.starts_with(kPrefix) && text.size() == kPrefix.size() + kDigitCount
        && text.find_first_not_of(kDigits, kPrefix.size()) == std::string::npos;
}

} // namespace inferlab
