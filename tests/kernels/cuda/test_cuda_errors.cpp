// What is wrong with a device is said in words and leaves the program as it was. On the emulated
// module, whose device fails on demand; one failure per process, for a lost device stays lost.
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"
#include "support/environment_variable.h"

#include <doctest/doctest.h>

#include <chrono>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

std::string messageOfOpening()
{
    try {
        openBackend("cuda", 1);
    } catch (const std::runtime_error &error) {
        return error.what();
    }
    return {};
}

std::string reasonWithDevice(const char *state)
{
    const EnvironmentVariable device("INFERLAB_EMULATED_DEVICE", state);
    const DeviceInfo info = listDevices().at(2);
    CHECK_FALSE(info.available);
    const std::string message = messageOfOpening();
    CHECK(message.find(info.reason) != std::string::npos);
    return info.reason;
}

} // namespace

TEST_CASE("no driver, an old driver and no device are told apart")
{
    CHECK(reasonWithDevice("no-driver") == "no NVIDIA driver is installed");
    CHECK(reasonWithDevice("old-driver")
          == "the NVIDIA driver is too old: it supports CUDA 10.2, and this build needs 13.0");
    CHECK(reasonWithDevice("none") == "there is a driver for CUDA 13.0, and no NVIDIA GPU");
}

TEST_CASE(
    "a card that this build has no code for is not available, and what would run on it is said")
{
    CHECK(reasonWithDevice("turing")
          == "emulated device, compute capability 7.5: this build has code for 8.0 and 9.0, and "
             "later ones; one with -DINFERLAB_CUDA_ARCHITECTURES=75 would run on it");
    CHECK(reasonWithDevice("old-card")
          == "emulated device, compute capability 7.0: this build has code for 8.0 and 9.0, and "
             "later ones, and the kernels need 7.5");
}

TEST_CASE("code that the driver does not take is said when the device is opened")
{
    const EnvironmentVariable device("INFERLAB_EMULATED_DEVICE", "no-code");
    CHECK(messageOfOpening()
          == "emulated device, compute capability 9.0: the driver has no use for this build's "
             "code, which is for 8.0 and 9.0, and later ones: no kernel image is available for "
             "execution on the device (cudaErrorNoKernelImageForDevice)");
}

TEST_CASE("a device that has no memory left to start with is out of memory, not without code")
{
    const EnvironmentVariable device("INFERLAB_EMULATED_DEVICE", "full");
    CHECK_THROWS_AS(openBackend("cuda", 1), std::bad_alloc);
}

TEST_CASE("kernels overlap unless told not to, and a device that refuses says so")
{
    CHECK(openBackend("cuda", 1)->device().note == "");
    for (const char *wrong : {"", "yes", "ON"}) {
        const EnvironmentVariable overlap("INFERLAB_CUDA_OVERLAP", wrong);
        CHECK(messageOfOpening()
              == "INFERLAB_CUDA_OVERLAP: on or off was expected, found \"" + std::string(wrong)
                  + "\"");
    }
    const EnvironmentVariable device("INFERLAB_EMULATED_DEVICE", "no-overlap");
    {
        const EnvironmentVariable overlap("INFERLAB_CUDA_OVERLAP", "off");
        CHECK(openBackend("cuda", 1)->device().note == "");
    }
    const EnvironmentVariable library("INFERLAB_EMULATED_CUBLAS", "off");
    CHECK(openBackend("cuda", 1)->device().note
          == "own kernels multiply alone, without cuBLAS: the emulated library is off; kernels do "
             "not overlap: invalid argument (cudaErrorInvalidValue)");
}

TEST_CASE("without cuBLAS the own kernels serve, and the device says so")
{
    const OperatorCase product = matmulCase(DType::F16, 300, 64, 64, false);
    for (const auto &[state, words] :
         {std::pair {"off",
                     "own kernels multiply alone, without cuBLAS: the emulated library is off"},
          std::pair {"broken",
                     "own kernels multiply alone, without cuBLAS: the emulated library "
                     "does not start"}}) {
        const EnvironmentVariable library("INFERLAB_EMULATED_CUBLAS", state);
        const auto backend = openBackend("cuda", 1);
        CHECK(backend->device().note == words);
        CHECK(compareOperator(product, *backend, *openBackend("reference", 1)).passed);
    }
    CHECK(openBackend("cuda", 1)->device().note.empty());
}

TEST_CASE("a device that does not start gives back what it had taken")
{
    constexpr int kNeeded = 24 + 5; // of the copies, of a step
    for (const int events : {0, 3, 24, kNeeded - 1}) {
        const EnvironmentVariable few("INFERLAB_EMULATED_EVENTS", std::to_string(events).c_str());
        CHECK(messageOfOpening()
              == "the GPU failed in making an event: invalid argument (cudaErrorInvalidValue, 1)");
    }
    // An event that was left would be missing.
    const EnvironmentVariable enough("INFERLAB_EMULATED_EVENTS", std::to_string(kNeeded).c_str());
    CHECK(messageOfOpening().empty());
}

TEST_CASE("a launch that is refused says so, and the device goes on without a new start")
{
    const auto backend = openBackend("cuda", 1);
    const auto prepared = addCase(2, 8).prepare(*backend);
    std::string message;
    {
        const EnvironmentVariable refused("INFERLAB_EMULATED_REFUSED", "0");
        try {
            prepared->run();
        } catch (const std::runtime_error &error) {
            message = error.what();
        }
    }
    CHECK(message == "the GPU failed in add: invalid argument (cudaErrorInvalidValue, 1)");
    CHECK_NOTHROW(prepared->run());
}

TEST_CASE("what a step that failed was given is no time of the next one, and asking twice is once")
{
    constexpr auto kPause = std::chrono::milliseconds(300);
    const auto backend = openBackend("cuda", 1);
    const std::vector<float> values(16);
    std::vector<float> received(16);
    const auto buffer = backend->allocate(sizeof(float) * values.size());
    const auto give = [&] {
        backend->upload(buffer->data(), values.data(), sizeof(float) * values.size());
    };
    const StepKey key {buffer->data(), 2, 1, 1, 1};
    give();
    CHECK_THROWS_AS(backend->runStep(key, [] { throw std::runtime_error("stopped"); }),
                    std::runtime_error);
    backend->download(received.data(), buffer->data(), sizeof(float) * received.size());
    std::this_thread::sleep_for(kPause);
    give();
    backend->runStep(key, [] {});
    const std::optional<DeviceStep> step = backend->lastStep();
    REQUIRE((step && step->phases));
    CHECK(step->phases->uploadNs > 0);
    CHECK(step->phases->uploadNs < std::chrono::nanoseconds(kPause).count());
    CHECK(backend->lastStep()->phases->uploadNs == step->phases->uploadNs);
}

TEST_CASE(
    "of the steps of one kind the first and every 16th are timed by phase, whatever their keys")
{
    const auto backend = openBackend("cuda", 1);
    const auto buffer = backend->allocate(64);
    std::vector<int32_t> timed;
    for (int32_t i = 0; i < 40; ++i) { // as with continuous batching: no two alike
        backend->runStep({buffer->data(), 3, 2, 1 + i, 1}, [] {});
        if (backend->lastStep()->phases)
            timed.push_back(i);
    }
    CHECK(timed == std::vector<int32_t> {0, 16, 32});
    backend->runStep({buffer->data(), 1, 1, 1, 1}, [] {});
    CHECK(backend->lastStep()->phases); // the first that decodes
}

TEST_CASE("a device is listed with its name and memory, and opens")
{
    const DeviceInfo info = listDevices().at(2);
    REQUIRE(info.available);
    CHECK(info.name == "emulated device, compute capability 9.0");
    CHECK(info.busId == "0000:65:00.0");
    CHECK(info.memoryBytes > 0);
    const auto backend = openBackend("cuda", 1);
    REQUIRE(backend->device().freeBytes);
    CHECK(*backend->device().freeBytes < info.memoryBytes + 1);
    CHECK_FALSE(backend->hasHostMemory());
}

TEST_CASE("memory that is not there is bad_alloc, and what was taken before stays usable")
{
    const auto backend = openBackend("cuda", 1);
    const auto buffer = backend->allocate(1024);
    CHECK_THROWS_AS(backend->allocate(size_t {1} << 40), std::bad_alloc);
    const float sent = 3.5f;
    float received = 0.0f;
    backend->upload(buffer->data(), &sent, sizeof sent);
    backend->download(&received, buffer->data(), sizeof received);
    CHECK(received == sent);
}

TEST_CASE("where cuBLAS begins is two numbers, and nothing else is taken for them")
{
    for (const char *wrong : {"", "64", "64;256", "0,256", "64,256,", "many"}) {
        const EnvironmentVariable tokens("INFERLAB_CUDA_LIBRARY_TOKENS", wrong);
        CHECK(messageOfOpening().find("found \"" + std::string(wrong) + "\"") != std::string::npos);
    }
    const EnvironmentVariable tokens("INFERLAB_CUDA_LIBRARY_TOKENS", "16,32");
    CHECK_NOTHROW(openBackend("cuda", 1));
}

TEST_CASE("without cuBLAS the own kernels multiply any number of tokens, and are the tiles")
{
    const auto reference = openBackend("reference", 1);
    const auto output = [](const OperatorCase &c, Backend &backend) {
        const auto prepared = c.prepare(backend);
        prepared->run();
        return prepared->output();
    };
    for (const OperatorCase &c :
         {matmulCase(DType::F16, 70, 33, 64, true), matmulCase(DType::Q8_0, 260, 33, 64, true),
          matmulAddCase(DType::F16, 70, 33, 64), normMatmulCase({DType::Q4_0}, 260, 64, 0)}) {
        CAPTURE(c.op);
        const EnvironmentVariable library("INFERLAB_EMULATED_CUBLAS", "off");
        const auto cuda = openBackend("cuda", 1);
        CHECK(compareOperator(c, *cuda, *reference).passed);
        const std::vector<float> without = output(c, *cuda);
        cuda->setBatchInvariant(true);
        CHECK(output(c, *cuda) == without);
    }
    StepLimits limits;
    limits.rows = 70;
    limits.cols = 64;
    const size_t withLibrary = openBackend("cuda", 1)->workspaceBytes(limits);
    const EnvironmentVariable library("INFERLAB_EMULATED_CUBLAS", "off");
    CHECK(openBackend("cuda", 1)->workspaceBytes(limits) < withLibrary); // no weights as binary16
}

TEST_CASE("heads too large for attention's kernels are named")
{
    const auto backend = openBackend("cuda", 1);
    const OperatorCase large = attentionCase({DType::F16, 1, 1, 320, 16}, {{4, 1}});
    const auto prepared = large.prepare(*backend);
    std::string message;
    try {
        prepared->run();
    } catch (const std::runtime_error &error) {
        message = error.what();
    }
    CHECK(message.find("attention on the GPU: heads of at most 256") != std::string::npos);
    CHECK(message.find("320") != std::string::npos);
}

TEST_CASE("heads that need more shared memory than the device has are refused before a run")
{
    const EnvironmentVariable shared("INFERLAB_EMULATED_SHARED", "65536"); // compute capability 7.5
    const auto backend = openBackend("cuda", 1);
    const auto reference = openBackend("reference", 1);
    for (const DType dtype : {DType::F32, DType::F16}) {
        // The longest that fit work, with as many queries as a block takes.
        for (const int32_t headDim : {64, 128, 196}) {
            REQUIRE(backend->supportsCache(dtype, headDim).supported);
            const CacheShape cache {dtype, 8, 1, headDim, 16};
            CHECK(compareOperator(attentionCase(cache, {{70, 20}}), *backend, *reference).passed);
        }
        const CacheSupport refused = backend->supportsCache(dtype, 200);
        CHECK_FALSE(refused.supported);
        CHECK(refused.reason
              == "attention on the GPU: heads of 200 elements need 65 KiB of a block's shared "
                 "memory, and this device has 64; the CPU computes them");
    }
}

TEST_CASE("a lost device is named by the operator that found it, and everything is freed quietly")
{
    const auto backend = openBackend("cuda", 1);
    const OperatorCase add = addCase(2, 8);
    const auto prepared = add.prepare(*backend);
    const EnvironmentVariable loss("INFERLAB_EMULATED_LOSS", "0");
    std::string message;
    try {
        prepared->run();
    } catch (const std::runtime_error &error) {
        message = error.what();
    }
    CHECK(message
          == "the GPU failed in add: unknown error (cudaErrorUnknown, 999); the CPU can go on, the "
             "GPU after a new start");
    // Nor is it the build's code that a second opening finds wanting.
    CHECK(
        messageOfOpening()
        == "the GPU failed in starting: unknown error (cudaErrorUnknown, 999); the CPU can go on, "
           "the GPU after a new start");
}
