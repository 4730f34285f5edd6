// Decode steps on the CUDA backend: how many kernels one launches, and that a recorded step does
// what its kernels do one by one, whichever kernels the batch's size chooses. Runs on a GPU or,
// with the emulated module beside it, on the host.
#include "engine/cache/block_pool.h"
#include "engine/model/forward.h"
#include "engine/model/loaded_model.h"
#include "support/environment_variable.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr int32_t kLayers = 2;

struct StepCase
{
    DType dtype;
    int32_t headDim;
    int32_t batch;
    int32_t position; // of all rows
    int32_t launchesOfLayer;
    int32_t launchesAround;
    bool library = false; // cuBLAS multiplies; on a card a product of its may be several kernels
};

// A model, and decode steps of sequences that stand at one position.
class Decoder
{
public:
    explicit Decoder(const StepCase &c)
        : m_folder(std::filesystem::temp_directory_path())
    {
        RandomModelSpec spec;
        spec.layers = kLayers;
        spec.heads = 4;
        spec.kvHeads = 2;
        spec.headDim = c.headDim;
        spec.embedding = 64;
        spec.feedForward = 96;
        spec.dtype = c.dtype;
        makeRandomModel(spec).write(m_folder / "model.gguf");
        LoadOptions options;
        options.device = "cuda";
        options.threads = 1;
        m_model = LoadedModel::load(m_folder / "model.gguf", options);
        ForwardLimits limits;
        limits.rows = limits.logitRows = limits.sequences = c.batch;
        limits.contextTokens = c.position + 2;
        m_blocks = blocksFor(limits.contextTokens);
        limits.cacheBlocks = m_blocks * c.batch;
        m_forward = std::make_unique<Forward>(*m_model, limits);
        m_batch.sequenceCount = c.batch;
        m_batch.maxBlocks = m_blocks;
        for (int32_t i = 0; i < c.batch; ++i) {
            m_batch.sequences.push_back(i);
            m_batch.logitRows.push_back(i);
        }
        for (int32_t b = 0; b < limits.cacheBlocks; ++b)
            m_batch.blockTables.push_back(b);
        standAt(c.position);
    }
    void standAt(int32_t position)
    {
        const auto rows = static_cast<int32_t>(m_batch.sequences.size());
        m_batch.positions.assign(m_batch.sequences.size(), position);
        m_batch.ids.clear();
        for (int32_t i = 0; i < rows; ++i)
            m_batch.ids.push_back((5 + 13 * i + position) % 500);
    }
    std::vector<float> step()
    {
        const ConstMatrixView logits = m_forward->run(m_batch, m_never);
        return {logits.data, logits.data + logits.rows * logits.cols};
    }
    Backend &backend() { return m_model->backend(); }

private:
    ScratchFolder m_folder;
    std::shared_ptr<LoadedModel> m_model;
    std::unique_ptr<Forward> m_forward;
    Batch m_batch;
    int32_t m_blocks = 0;
    const std::atomic<bool> m_never {false};
};

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// By matrix-vector kernels: norm, query with key and value, rotation with the cache, attention, its
// output's product, norm, gate with up, silu, down: 9. Attention hands on what the product reads,
// where heads are whole groups of 32; else one more. A second chunk of 256 keys is merged. Tiles
// read binary16, which attention does not write. Of cuBLAS each product is a launch, and what is
// added to them is one for each group of products.
constexpr StepCase kCases[] = {
    {DType::Q8_0, 32, 1, 3, 9, 3},        {DType::Q8_0, 16, 1, 3, 10, 3},
    {DType::Q8_0, 32, 1, 300, 10, 3},     {DType::F16, 32, 1, 3, 9, 3},
    {DType::F16, 16, 8, 40, 9, 3},        {DType::Q4_0, 32, 8, 3, 9, 3},
    {DType::Q8_0, 32, 9, 3, 10, 3},       {DType::F16, 32, 9, 3, 10, 3},
    {DType::F16, 32, 64, 3, 17, 4, true}, {DType::Q4_0, 32, 64, 3, 10, 3},
};

} // namespace

TEST_CASE("a decode step launches so many kernels, and its recording does the same")
{
    for (const StepCase &c : kCases) {
        CAPTURE(dtypeInfo(c.dtype).name);
        CAPTURE(c.headDim);
        CAPTURE(c.batch);
        CAPTURE(c.position);
        Decoder recorded(c);
        recorded.backend().setRecordsSteps(true);
        const bool emulated = recorded.backend().device().name.starts_with("emulated");
        const std::vector<float> first = recorded.step();
        CHECK_FALSE(recorded.backend().lastStep()->replayed);
        for (int i = 0; i < 2; ++i) { // recorded and replayed, replayed
            CHECK(sameBits(recorded.step(), first));
            const std::optional<DeviceStep> step = recorded.backend().lastStep();
            REQUIRE(step);
            CHECK(step->replayed);
            const int32_t expected = kLayers * c.launchesOfLayer + c.launchesAround;
            if (emulated || !c.library)
                CHECK(step->launches == expected);
            else
                CHECK(step->launches >= expected);
        }
        {
            const EnvironmentVariable overlap("INFERLAB_CUDA_OVERLAP", "off");
            CHECK(sameBits(Decoder(c).step(), first)); // each kernel begins when the last has ended
        }
        Decoder single(c);
        single.backend().setRecordsSteps(false);
        CHECK(sameBits(single.step(), first));
        // The next token: the same graph, other contents.
        recorded.standAt(c.position + 1);
        single.standAt(c.position + 1);
        const std::vector<float> next = recorded.step();
        CHECK(recorded.backend().lastStep()->replayed);
        CHECK(sameBits(single.step(), next));
        CHECK_FALSE(sameBits(next, first));
    }
}
