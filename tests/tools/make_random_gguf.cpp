// Writes a model of the llama architecture with seeded random weights, of any size and element
// type. For benchmarks of shapes that nobody wants to download; what such a model writes means
// nothing.
#include "support/random_model.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>

using namespace inferlab;

int main(int argc, char **argv)
{
    test::RandomModelSpec spec;
    spec.layers = 16;
    spec.embedding = 2048;
    spec.feedForward = 8192;
    spec.heads = 32;
    spec.kvHeads = 8;
    spec.vocabulary = 49152;
    spec.contextTokens = 8192;
    std::string type = "Q4_0";
    std::string out;
    int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    CLI::App app {"Writes a llama-architecture GGUF with seeded random weights"};
    app.add_option("--out", out, "File to write")->required();
    app.add_option("--layers", spec.layers, "Layers")->capture_default_str();
    app.add_option("--embedding", spec.embedding, "Model width")->capture_default_str();
    app.add_option("--feed-forward", spec.feedForward, "Inner width")->capture_default_str();
    app.add_option("--heads", spec.heads, "Query heads")->capture_default_str();
    app.add_option("--kv-heads", spec.kvHeads, "Key and value heads")->capture_default_str();
    app.add_option("--head-dim", spec.headDim, "Elements of a head; 0: width over heads")
        ->capture_default_str();
    app.add_option("--vocabulary", spec.vocabulary, "Tokens")->capture_default_str();
    app.add_option("--context", spec.contextTokens, "Context length")->capture_default_str();
    app.add_option("--type", type, "Element type of the matrices")->capture_default_str();
    app.add_flag("--tied", spec.tiedOutput, "The output matrix is the embedding");
    app.add_option("--seed", spec.seed, "Seed")->capture_default_str();
    app.add_option("--threads", threads, "Tensors made at the same time; the file is the same");
    CLI11_PARSE(app, argc, argv);
    try {
        const auto dtype = dtypeFromName(type);
        if (!dtype)
            throw std::invalid_argument("unknown type " + type);
        spec.dtype = *dtype;
        test::GgufWriter writer = test::makeRandomModel(spec);
        writer.makers = threads;
        writer.write(out);
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "make_random_gguf: %s\n", error.what());
        return 1;
    }
}
