// Costs of a step: a tiny model by hand, what a backend that counts is really asked to do, the
// bytes of the default model's tensors, and how costs grow.
#include "engine/base/error.h"
#include "engine/cache/block_pool.h"
#include "engine/files/gguf.h"
#include "engine/model/architecture.h"
#include "engine/model/cost_model.h"
#include "engine/model/loaded_model.h"
#include "engine/model/roofline.h"
#include "engine/model/weights.h"
#include "kernels/api/devices.h"

#include "counting_backend.h"
#include "default_model.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

// One layer of width 4 with two heads of 2 and one KV head, feed-forward 8, vocabulary 10; matrices
// of one byte an element, but the feed-forward's of two; gains of 16 bytes.
ModelCost tinyCost()
{
    ModelConfig config;
    config.layers = 1;
    config.embedding = 4;
    config.feedForward = 8;
    config.heads = 2;
    config.kvHeads = 1;
    config.headDim = 2;
    config.vocabulary = 10;
    const auto int8 = [](TensorRole role, int64_t rows, int64_t cols) {
        return CostTensor {role, rows, cols, ProductKind::Int8, static_cast<double>(rows * cols)};
    };
    const auto half = [](TensorRole role, int64_t rows, int64_t cols) {
        return CostTensor {role, rows, cols, ProductKind::Half,
                           static_cast<double>(2 * rows * cols)};
    };
    const auto gain = [](TensorRole role) {
        return CostTensor {role, 1, 4, ProductKind::Float, 16};
    };
    return modelCost(config,
                     {int8(TensorRole::TokenEmbedding, 10, 4), gain(TensorRole::AttentionNorm),
                      int8(TensorRole::Query, 4, 4), int8(TensorRole::Key, 2, 4),
                      int8(TensorRole::Value, 2, 4), int8(TensorRole::AttentionOutput, 4, 4),
                      gain(TensorRole::FeedForwardNorm), half(TensorRole::Gate, 8, 4),
                      half(TensorRole::Up, 8, 4), half(TensorRole::Down, 4, 8),
                      gain(TensorRole::OutputNorm)});
}

DeviceLimits roundLimits()
{
    DeviceLimits limits;
    limits.bytesPerSecond = 100;
    limits.productsPerSecond = {1000, 500, 250};
    limits.attentionRowsPerSecond = 50;
    limits.attentionTilesPerSecond = 200;
    limits.rowElementsPerSecond = 1000;
    limits.drawnElementsPerSecond = 100;
    limits.drawnOfRowPerSecond = 50;
    limits.largeOperatorSeconds = 0.01;
    limits.smallOperatorSeconds = 0.001;
    return limits;
}

// The layers of a file over rows of sequences that begin at position 0, with everything counted.
struct Counted
{
    Counted(const std::string &path, const std::vector<int32_t> &lengths)
        : file(GgufFile::open(path))
        , config(readModelConfig(*file))
        , backend(openBackend("reference", 1))
    {
        const Architecture &architecture = *findArchitecture(config.architecture);
        const std::atomic<bool> stop {false};
        weights = loadWeights(*file, architecture.tensors(config), config, backend, {}, nullptr);
        const int32_t rows = std::accumulate(lengths.begin(), lengths.end(), 0);
        std::vector<int32_t> sequence;
        std::vector<int32_t> position;
        std::vector<int32_t> tables;
        for (size_t s = 0; s < lengths.size(); ++s) {
            REQUIRE(lengths[s] <= kBlockTokens); // one block each
            tables.push_back(static_cast<int32_t>(s));
            for (int32_t p = 0; p < lengths[s]; ++p) {
                sequence.push_back(static_cast<int32_t>(s));
                position.push_back(p);
            }
        }
        StepLimits limits;
        limits.rows = rows;
        limits.cols =
            std::max({config.embedding, config.feedForward, config.heads * config.headDim});
        limits.contextTokens = kBlockTokens;
        limits.heads = config.heads;
        limits.headDim = config.headDim;
        backend.reserve(limits);
        StepViews views;
        views.hidden = matrix(rows, config.embedding);
        views.normed = matrix(rows, config.embedding);
        views.query = matrix(rows, config.heads * config.headDim);
        views.key = matrix(rows, config.kvHeads * config.headDim);
        views.value = matrix(rows, config.kvHeads * config.headDim);
        views.attention = matrix(rows, config.heads * config.headDim);
        views.gate = matrix(rows, config.feedForward);
        views.up = matrix(rows, config.feedForward);
        views.cosSin = matrix(rows, config.ropeDim);
        views.placement = {sequence.data(),
                           position.data(),
                           tables.data(),
                           rows,
                           static_cast<int32_t>(lengths.size()),
                           1};
        KvLayerView cache;
        cache.dtype = DType::F32;
        cache.blocks = static_cast<int32_t>(lengths.size());
        cache.blockTokens = kBlockTokens;
        cache.kvHeads = config.kvHeads;
        cache.headDim = config.headDim;
        const MatrixView keys =
            matrix(int64_t {cache.blocks} * kBlockTokens, config.kvHeads * config.headDim);
        const MatrixView values = matrix(keys.rows, keys.cols);
        cache.keys = keys.data;
        cache.values = values.data;
        for (const LayerWeights &layer : weights.layers)
            architecture.layer(backend, config, layer, cache, views, stop);
    }

    MatrixView matrix(int64_t rows, int64_t cols)
    {
        memory.push_back(std::vector<float>(static_cast<size_t>(rows * cols), 0.1f));
        return {memory.back().data(), rows, cols, cols};
    }

    std::shared_ptr<const GgufFile> file;
    ModelConfig config;
    CountingBackend backend;
    ModelWeights weights;
    std::vector<std::vector<float>> memory;
};

} // namespace

TEST_CASE("one layer by hand: a decode step of one sequence")
{
    const ModelCost model = tinyCost();
    // 4x4 + 2x4 + 2x4 + 4x4 = 48 elements and bytes; 3 x 32 elements of 2 bytes; two gains.
    CHECK(model.layerMatrices.bytes == 48 + 192 + 32);
    CHECK(model.layerMatrices.elements[0] == 48);
    CHECK(model.layerMatrices.elements[1] == 96);
    CHECK(model.output.bytes == 40 + 16); // tied: the embedding, and the last gain
    CHECK(model.output.elements[0] == 40);
    CHECK(model.embeddingRowBytes == 4);
    CHECK(model.weightBytes == 48 + 192 + 48 + 40);
    CHECK(model.kvBytesPerToken(DType::F16) == 8); // keys and values of 2 elements of 2 bytes
    CHECK(model.kvBytesPerToken(DType::F32) == 16);

    const StepCost cost = stepCost(model, StepShape::decode(1, 9));
    CHECK(cost.layers.bytes == 272 + 4);
    CHECK(cost.layers.products[0] == 96);
    CHECK(cost.layers.products[1] == 192);
    CHECK(cost.output.bytes == 56);
    CHECK(cost.output.products[0] == 80);
    CHECK(cost.attention.bytes == 10 * 8 + 8); // ten positions read, one written
    // Two heads of 2 and ten positions, scores and sums: 2 x 2 x 10 x 2 x 2.
    CHECK(cost.attention.attentionRows == 160);
    CHECK(cost.bytes() == 276 + 56 + 88);
    CHECK(cost.operations() == 96 + 192 + 80 + 160);
    CHECK(cost.intensity() == Approx(528.0 / 420));
    CHECK(cost.largeOperators == 6);
    CHECK(cost.smallOperators == 11);
    CHECK(cost.drawnElements == 10);
}

TEST_CASE("without the cache a step computes all rows again")
{
    const ModelCost model = tinyCost();
    const StepCost off = stepCost(model, StepShape::decode(2, 9, false));
    StepShape prefill;
    prefill.sequences = {{10, 0, true}, {10, 0, true}};
    const StepCost same = stepCost(model, prefill);
    CHECK(off.operations() == same.operations());
    CHECK(off.bytes() == same.bytes());
    CHECK(off.rows == 20);
    // 1 + 2 + .. + 10 = 55 positions, twice, 16 operations each.
    CHECK(off.attention.attentionTiles == 2 * 55 * 16);
    CHECK(off.attention.attentionRows == 0);
    CHECK(off.layers.products[0] == 20 * 96);
    CHECK(off.output.products[0] == 2 * 80);
}

TEST_CASE("a prompt in chunks costs the same products and reads the weights once a chunk")
{
    const ModelCost model = tinyCost();
    StepShape whole;
    whole.sequences = {{100, 0, true}};
    StepShape first;
    first.sequences = {{60, 0, false}};
    StepShape second;
    second.sequences = {{40, 60, true}};
    const StepCost one = stepCost(model, whole);
    const StepCost a = stepCost(model, first);
    const StepCost b = stepCost(model, second);
    CHECK(a.operations() + b.operations() == one.operations());
    CHECK(a.layers.bytes + b.layers.bytes == one.layers.bytes + model.layerMatrices.bytes);
    CHECK(a.output.bytes == 0);
    CHECK(a.tokens == 0);
    CHECK(b.output.bytes == one.output.bytes);
}

TEST_CASE("more sequences share the weights: intensity grows with the batch, and never falls")
{
    const ModelCost model = tinyCost();
    double before = 0;
    for (const int32_t batch : {1, 2, 4, 8, 64, 256}) {
        const StepCost cost = stepCost(model, StepShape::decode(batch, 0));
        CHECK(cost.layers.bytes == 272 + 4 * batch);
        CHECK(cost.operations() == batch * stepCost(model, StepShape::decode(1, 0)).operations());
        CHECK(cost.intensity() > before);
        before = cost.intensity();
    }
    CHECK(stepCost(model, {}).bytes() == 0);
    CHECK(stepCost(model, {}).intensity() == 0);
}

TEST_CASE("a step's time by hand, part by part")
{
    const StepCost cost = stepCost(tinyCost(), StepShape::decode(1, 9));
    const StepTime time = stepTime(cost, roundLimits());
    // Layers: 276 B at 100 B/s against 96 / 1000 + 192 / 500 s. Attention: 0.88 s against 160 / 50.
    // Output: 0.56 s against 0.08 s.
    CHECK(time.bandwidthSeconds == Approx(2.76 + 0.56));
    CHECK(time.computeSeconds == Approx(3.2));
    CHECK(time.limit() == StepLimit::Bandwidth);
    // Rows' elements: norms 8, sums 8, rotations 6, written 4, feed-forward 8; embedding, picked
    // row and last norm 12; one token of 10 logits, at the pace of a single row; 6 and 11
    // operators.
    CHECK(cost.rowElements == 34 + 12);
    CHECK(time.overheadSeconds == Approx(0.046 + 0.2 + 0.06 + 0.011));
    CHECK(time.seconds() == Approx(2.76 + 0.56 + 3.2 + 0.317));
    // Two tokens are drawn beside each other; of four, 40 logits at 100 a second take longer.
    const auto drawing = [](int32_t batch) {
        StepCost one = stepCost(tinyCost(), StepShape::decode(batch, 9));
        one.rowElements = 0;
        one.largeOperators = one.smallOperators = 0;
        return stepTime(one, roundLimits()).overheadSeconds;
    };
    CHECK(drawing(2) == Approx(0.2));
    CHECK(drawing(4) == Approx(0.4));
}

TEST_CASE("a device computes while its host gives out operators, or takes a step as a whole")
{
    const StepCost cost = stepCost(tinyCost(), StepShape::decode(1, 9));
    CHECK(cost.decodes);
    DeviceLimits limits = roundLimits();
    limits.replayedLargeSeconds = 0.002;
    limits.replayedSmallSeconds = 0.0001;
    const double work = stepTime(cost, roundLimits()).seconds() - (0.06 + 0.011);
    const double between = 6 * 0.002 + 11 * 0.0001;
    CHECK(stepTime(cost, limits, true).seconds() == Approx(work + between));
    // The host is done first: nobody waits for it.
    CHECK(stepTime(cost, limits).seconds() == Approx(work + between));
    limits.largeOperatorSeconds = 2; // and last: 6 x 2 s and 11 x 1 ms
    CHECK(stepTime(cost, limits).seconds() == Approx(12.011));
    CHECK(stepTime(cost, limits).limit() == StepLimit::Overhead);
    CHECK(stepTime(cost, limits, true).seconds() == Approx(work + between));
    // Prompts' steps are never alike, nor are those without logits.
    StepShape shape;
    shape.sequences = {{1, 9, true}, {2, 0, true}};
    CHECK_FALSE(stepCost(tinyCost(), shape).decodes);
    shape.sequences = {{1, 9, false}};
    CHECK_FALSE(stepCost(tinyCost(), shape).decodes);
    CHECK_FALSE(stepCost(tinyCost(), {}).decodes);
}

TEST_CASE("what fits caches is read faster, step after step")
{
    DeviceLimits limits = roundLimits();
    CHECK(limits.readPerSecond(10) == 100); // nobody measured it
    limits.rereads = {{16, 900}, {64, 300}, {256, 100}};
    CHECK(limits.readPerSecond(4) == 900);
    CHECK(limits.readPerSecond(16) == 900);
    CHECK(limits.readPerSecond(32) == Approx(600)); // half way, by the logarithm
    CHECK(limits.readPerSecond(64) == Approx(300));
    CHECK(limits.readPerSecond(1e6) == 100);
    CHECK(limits.needsCaches(120));
    CHECK_FALSE(limits.needsCaches(105));

    StepCost cost;
    cost.layers.bytes = 24;
    cost.output.bytes = 8; // 32 together
    CHECK(stepTime(cost, limits).bandwidthSeconds == Approx(32.0 / 600));
}

TEST_CASE("what the layers' operators are asked to do is what the model says")
{
    for (const char *name : {"llama_gqa", "llama3_rope_tied", "mistral_head_dim"}) {
        const std::string model = name;
        const std::string type = model == "llama3_rope_tied" ? "f16" : "q8_0";
        const std::vector<int32_t> lengths {7, 1, 20};
        const Counted counted(
            INFERLAB_FIXTURES "/tiny/" + model + "/" + model + "." + type + ".gguf", lengths);
        INFO(model);
        StepShape shape;
        for (const int32_t length : lengths)
            shape.sequences.push_back({length, 0, false});
        const ModelCost costs = modelCost(*counted.file, counted.config);
        const StepCost cost = stepCost(costs, shape);
        const CountingBackend &backend = counted.backend;
        CHECK(cost.layers.operations() == backend.productOperations);
        CHECK(cost.attention.operations() == backend.attentionOperations);
        CHECK(cost.rows * counted.config.layers == backend.writtenPositions);
        CHECK(cost.largeOperators == backend.largeOperators);
        CHECK(cost.smallOperators == backend.smallOperators + 1); // the embedding
        CHECK(cost.rowElements
              == backend.rowElements + static_cast<double>(cost.rows) * counted.config.embedding);
    }
}

TEST_CASE("bytes are those of the default model's tensors")
{
    const auto file = GgufFile::open(defaultModelPath());
    const ModelConfig config = readModelConfig(*file);
    const ModelCost cost = modelCost(*file, config);
    double all = 0;
    double embedding = 0;
    for (const TensorEntry &tensor : file->tensors()) {
        all += static_cast<double>(tensor.bytes);
        if (tensor.name == "token_embd.weight")
            embedding = static_cast<double>(tensor.bytes);
    }
    CHECK(cost.weightBytes == all);
    CHECK(config.tiedOutput);
    CHECK(cost.layerMatrices.bytes + cost.output.bytes == all);
    CHECK(cost.embeddingRowBytes == embedding / 49152);
    CHECK(cost.kvBytesPerToken(DType::F16)
          == static_cast<double>(config.kvBytesPerToken(DType::F16)));
    // SmolLM2-135M: 134.5 million parameters, of which 35,136 are gains (61 of 576).
    double elements = 0;
    for (size_t kind = 0; kind < kProductKinds; ++kind)
        elements += cost.layerMatrices.elements[kind] + cost.output.elements[kind];
    CHECK(elements == 134515008 - 61 * 576);

    LoadOptions options;
    options.threads = 1;
    const auto model = LoadedModel::load(defaultModelPath(), options);
    const ModelCost loaded = modelCost(*model);
    CHECK(loaded.weightBytes == static_cast<double>(model->weights().bytes()));
    CHECK(loaded.layerMatrices.elements == cost.layerMatrices.elements);
    CHECK(loaded.output.elements == cost.output.elements);
}
