// Host buffers: aligned, zeroed, and a size that no machine has is refused.
#include "kernels/host/host_memory.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <new>

using namespace inferlab;

TEST_CASE("a buffer is aligned to 64 bytes and zeroed")
{
    for (size_t bytes : {size_t {0}, size_t {1}, size_t {63}, size_t {4096}, size_t {3} << 20}) {
        CAPTURE(bytes);
        const std::unique_ptr<Buffer> buffer = allocateHostMemory(bytes);
        REQUIRE(buffer->data() != nullptr);
        CHECK(buffer->bytes() == bytes);
        CHECK(reinterpret_cast<uintptr_t>(buffer->data()) % 64 == 0);
        auto *data = static_cast<unsigned char *>(buffer->data());
        size_t others = 0;
        for (size_t i = 0; i < bytes; ++i)
            others += data[i] != 0;
        CHECK(others == 0);
        for (size_t i = 0; i < bytes; ++i)
            data[i] = 0xff; // AddressSanitizer watches the ends
    }
}

TEST_CASE("what cannot be had throws std::bad_alloc")
{
    CHECK_THROWS_AS(allocateHostMemory(std::numeric_limits<size_t>::max()), std::bad_alloc);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they end the process instead
    CHECK_THROWS_AS(allocateHostMemory(std::numeric_limits<size_t>::max() / 2), std::bad_alloc);
#endif
}
