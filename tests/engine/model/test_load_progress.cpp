// Loading a model: the progress that it tells, and that it ends in the middle when it is told to.
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/loaded_model.h"
#include "engine/text/tokenizer.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// Two matrices of 25 MB, each more than one piece, and small ones between them.
void writeModel(const std::filesystem::path &path)
{
    RandomModelSpec spec;
    spec.layers = 1;
    spec.embedding = 4096;
    spec.feedForward = 64;
    spec.heads = 2;
    spec.kvHeads = 1;
    spec.headDim = 64;
    spec.vocabulary = 1500;
    makeRandomModel(spec).write(path);
}

} // namespace

TEST_CASE("progress rises to the whole in pieces, on every device")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "model.gguf";
    writeModel(path);
    for (const char *device : {"cpu", "reference"}) {
        CAPTURE(device);
        std::vector<LoadProgress> heard;
        LoadedModel::load(path, {device, 2},
                          [&heard](const LoadProgress &progress) { heard.push_back(progress); });
        REQUIRE(!heard.empty());
        uint64_t done = 0;
        for (const LoadProgress &progress : heard) {
            REQUIRE(progress.doneBytes > done);
            REQUIRE(progress.doneBytes - done <= uint64_t {17} << 20);
            done = progress.doneBytes;
        }
        CHECK(done == heard.back().totalBytes);
    }
}

TEST_CASE("a stop ends loading between two pieces, within a tensor and between tensors")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "model.gguf";
    writeModel(path);
    for (const char *device : {"cpu", "reference"}) {
        CAPTURE(device);
        for (const int stopAfter : {1, 3}) {
            CAPTURE(stopAfter);
            int heard = 0;
            std::atomic<bool> stop {false};
            const auto count = [&](const LoadProgress &) { stop = ++heard == stopAfter; };
            CHECK_THROWS_AS(LoadedModel::load(path, {device, 2}, count, &stop), Cancelled);
            CHECK(heard == stopAfter);
        }
    }
}

TEST_CASE("a tokenizer is given up when it is told to, before the weights are reached")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "model.gguf";
    makeRandomModel({}).write(path);
    const auto file = GgufFile::open(path);
    std::atomic<bool> stop {false};
    CHECK(makeTokenizer(*file, &stop) != nullptr);
    stop = true;
    CHECK_THROWS_AS(makeTokenizer(*file, &stop), Cancelled);
}
