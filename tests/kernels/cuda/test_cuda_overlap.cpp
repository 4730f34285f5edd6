// Which kernels begin while the one before them ends, and which recorded steps are kept, on the
// emulated module: a device that refuses such launches shows where they are asked for.
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"
#include "support/environment_variable.h"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

using namespace inferlab;
using namespace inferlab::test;

TEST_CASE("kernels of a step overlap where nothing lies between them, and no others")
{
    const auto runs = [](const std::function<void()> &work) {
        const EnvironmentVariable device("INFERLAB_EMULATED_DEVICE", "no-overlap");
        try {
            work();
        } catch (const std::runtime_error &) {
            return false; // an overlap was asked for
        }
        return true;
    };
    const StepKey key {nullptr, 3, 2, 1, 1};
    const auto cuda = openBackend("cuda", 1);
    const auto sum = addCase(3, 64).prepare(*cuda);
    const auto norm = rmsNormCase(3, 64).prepare(*cuda);
    const auto product = matmulCase(DType::F16, 70, 33, 64, true).prepare(*cuda);
    const auto both = [&] {
        sum->run();
        norm->run();
    };
    CHECK(runs(both)); // outside of a step
    // The first step of its kind is timed by phase: an event lies between the two.
    CHECK(runs([&] { cuda->runStep(key, both); }));
    REQUIRE(cuda->lastStep()->phases);
    CHECK_FALSE(runs([&] { cuda->runStep(key, both); }));
    CHECK(runs([&] { cuda->runStep(key, [&] { norm->run(); }); }));    // nothing before it
    CHECK(runs([&] { cuda->runStep(key, [&] { product->run(); }); })); // cuBLAS in the middle

    const auto apart = [] {
        const EnvironmentVariable overlap("INFERLAB_CUDA_OVERLAP", "off");
        return openBackend("cuda", 1);
    }();
    const auto oldCode = [] { // which does not wait
        const EnvironmentVariable device("INFERLAB_EMULATED_DEVICE", "old-code");
        return openBackend("cuda", 1);
    }();
    for (Backend *backend : {apart.get(), oldCode.get()}) {
        CHECK(backend->device().note == "");
        const auto first = addCase(3, 64).prepare(*backend);
        const auto second = rmsNormCase(3, 64).prepare(*backend);
        for (int step = 0; step < 2; ++step)
            CHECK(runs([&] {
                backend->runStep(key, [&] {
                    first->run();
                    second->run();
                });
            }));
    }
}

TEST_CASE("a backend that was told to record no steps forgets those it had")
{
    const auto backend = openBackend("cuda", 1);
    const auto buffer = backend->allocate(64);
    const auto isReplayed = [&] {
        backend->runStep({buffer->data(), 1, 1, 1, 1}, [] {});
        return backend->lastStep()->replayed;
    };
    CHECK_FALSE(isReplayed());
    CHECK(isReplayed());
    CHECK(isReplayed());
    backend->setRecordsSteps(false);
    backend->setRecordsSteps(true);
    CHECK_FALSE(isReplayed());
    CHECK(isReplayed());
}
