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
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 0xf];
    }
    return text;
}

} // namespace

std::string hashFile(const std::filesystem::path &path, const std::atomic<bool> *stop)
{
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
    if (!file)
        throw InputError(path.string(), {}, "a file that can be read", std::strerror(errno));
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
    if (!digest)
        throw std::bad_alloc();
    require(EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr));
    std::vector<unsigned char> piece(kPieceBytes);
    for (;;) {
        if (stop != nullptr && stop->load())
            throw Cancelled();
        const size_t count = std::fread(piece.data(), 1, piece.size(), file.get());
        if (count == 0)
            break;
        require(EVP_DigestUpdate(digest.get(), piece.data(), count));
    }
    if (std::ferror(file.get()) != 0)
        throw InputError(path.string(), {}, "a file that can be read to its end",
                         std::strerror(errno));
    std::array<unsigned char, EVP_MAX_MD_SIZE> result {};
    unsigned length = 0;
    require(EVP_DigestFinal_ex(digest.get(), result.data(), &length));
    return "sha256:" + hexOf(result.data(), length);
}

} // namespace inferlab
