// inferlab-cli on a GPU: its switches and times reach the record, and what the device does not do
// is said in one line, on the CPU too where the person agreed. Runs beside the emulated module.
#include "run_cli.h"

#include "app/machine/calibration_file.h"
#include "engine/base/json.h"
#include "support/random_model.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace inferlab;
using namespace inferlab::test;

namespace {

class ModelFile
{
public:
    explicit ModelFile(int32_t headDim)
        : m_folder(INFERLAB_TEST_SCRATCH)
    {
        RandomModelSpec spec;
        spec.dtype = DType::Q8_0;
        spec.heads = 2;
        spec.kvHeads = 1;
        spec.headDim = headDim;
        makeRandomModel(spec).write(path());
    }
    std::string path() const { return m_folder / "model.gguf"; }
    std::string record() const { return m_folder / "run.json"; }

    // A greedy answer of 12 tokens; `environment` as a shell writes it, such as "A=1".
    CliResult generate(const std::vector<std::string> &more, const std::string &environment = {},
                       const std::string &dataFolder = {})
    {
        std::vector<std::string> arguments {"generate", "--model",      path(),  "--device",
                                            "cuda",     "--tokens",     "5,6,7", "--max-new-tokens",
                                            "12",       "--ignore-eos", "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        CliShell shell;
        shell.before = environment.empty() ? "" : "export " + environment;
        shell.dataFolder = dataFolder;
        return runCli(arguments, shell);
    }

private:
    ScratchFolder m_folder;
};

} // namespace

TEST_CASE("the GPU's switches and its own times are in the record")
{
    ModelFile model(32);
    const CliResult usual = model.generate({"--record", model.record()});
    INFO(usual.err);
    REQUIRE(usual.exitCode == 0);
    const Json plain = parseJson(readFile(model.record()), "run.json").at("runs").at(0);
    CHECK(plain.at("settings").at("device") == "cuda");
    CHECK_FALSE(plain.at("settings").contains("step_graphs"));
    for (const Json &step : plain.at("steps")) {
        const auto span = step.at("end_ns").get<int64_t>() - step.at("start_ns").get<int64_t>();
        CHECK(step.at("device_ns").get<int64_t>() > 0);
        CHECK(step.at("device_ns").get<int64_t>() <= span);
        CHECK(step.contains("replayed") == step.contains("launches"));
        // Where the device's clock runs between kernels, they are launched one by one.
        CHECK(step.contains("replayed") != step.contains("device_phases_ns"));
    }
    CHECK(plain.at("steps").at(0).at("device_phases_ns").at("attention").get<int64_t>() > 0);

    const Json figures =
        parseJson(runCli({"metrics", "--record", model.record(), "--json"}).out, "stdout");
    const Json &decode = figures.at("device").at("decode");
    CHECK(decode.at("steps") == 11);
    CHECK(decode.at("replayed_steps") == 10);
    CHECK(decode.at("phased_steps") == 1);
    CHECK(decode.at("device_step_ms") <= decode.at("host_step_ms"));
    CHECK(decode.at("phase_ms").at("products").get<double>() > 0);
    const std::string table = runCli({"metrics", "--record", model.record()}).out;
    CHECK(table.find("On the device's clock:\nprefill step: ") != std::string::npos);
    CHECK(table.find("10 of 11 replayed as graphs of ") != std::string::npos);
    CHECK(table.find("  by phase: upload ") != std::string::npos);

    const CliResult switched = model.generate({"--record", model.record(), "--step-graphs", "off",
                                               "--batch-invariant", "on", "--cache-type", "q8_0"});
    INFO(switched.err);
    REQUIRE(switched.exitCode == 0);
    const Json run = parseJson(readFile(model.record()), "run.json").at("runs").at(0);
    CHECK(run.at("settings").at("step_graphs") == false);
    CHECK(run.at("settings").at("batch_invariant") == true);
    CHECK(run.at("settings").at("cache_type") == "Q8_0");
    CHECK(run.at("label") == "GPU, batch 1, KV cache Q8_0, batch-invariant, graphs off");
}

TEST_CASE("bench tells the device's time and the kernels of a recorded step")
{
    ModelFile model(16);
    const auto bench = [&](const std::string &graphs) {
        const CliResult result = runCli({"bench", "--model", model.path(), "--device", "cuda",
                                         "--batch", "1", "--prompt-tokens", "4", "--new-tokens",
                                         "3", "--repeat", "16", "--step-graphs", graphs, "--json"});
        INFO(result.err);
        REQUIRE(result.exitCode == 0);
        return parseJson(result.out, "stdout").at("results").at(0);
    };
    const Json on = bench("on");
    // Two layers of ten with heads of 16 (test_cuda_steps.cpp), the embedding, the last norm,
    // logits.
    CHECK(on.at("decode_launches") == 23);
    CHECK(on.at("decode_device_ms").at("median").get<double>() > 0);
    CHECK(on.at("decode_device_ms").at("median") <= on.at("decode_step_ms"));
    CHECK(on.at("device").at("decode").at("launches") == on.at("decode_launches"));
    // Every sixteenth prompt; the first was the warm-up's.
    CHECK(on.at("device").at("prefill").at("phased_steps").get<int>() > 0);
    const Json off = bench("off");
    CHECK(off.at("decode_launches") == 0);
    CHECK(off.at("checksum") == on.at("checksum"));
}

TEST_CASE(
    "the same bits in every batch are the default where calibrating found that they cost little")
{
    ModelFile model(32);
    ScratchFolder data(INFERLAB_TEST_SCRATCH);
    const std::string file = data / "inferlab" / "calibration.json";
    const auto isInvariant = [&](const std::vector<std::string> &more) {
        std::vector<std::string> arguments {"--record", model.record()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const CliResult result = model.generate(arguments, {}, data.path());
        INFO(result.err);
        REQUIRE(result.exitCode == 0);
        return parseJson(readFile(model.record()), "run.json")
            .at("runs")
            .at(0)
            .at("settings")
            .contains("batch_invariant");
    };
    CHECK_FALSE(isInvariant({})); // nobody knows what it costs
    Calibration calibration;
    calibration.hardware = "emulated device, compute capability 9.0";
    calibration.program = "InferLab " INFERLAB_VERSION;
    for (double *limit :
         {&calibration.limits.bytesPerSecond, &calibration.limits.attentionRowsPerSecond,
          &calibration.limits.attentionTilesPerSecond, &calibration.limits.rowElementsPerSecond,
          &calibration.limits.drawnElementsPerSecond, &calibration.limits.drawnOfRowPerSecond,
          &calibration.limits.largeOperatorSeconds, &calibration.limits.smallOperatorSeconds})
        *limit = 1.0;
    calibration.limits.productsPerSecond = {1.0, 1.0, 1.0};
    calibration.batchInvariantCost = 0.07;
    saveCalibration(file, calibration);
    CHECK(isInvariant({}));
    CHECK_FALSE(isInvariant({"--batch-invariant", "off"}));
    calibration.batchInvariantCost = 0.25;
    saveCalibration(file, calibration);
    CHECK_FALSE(isInvariant({}));
    CHECK(isInvariant({"--batch-invariant", "on"}));
}

TEST_CASE("a device that is not there is refused, or the CPU goes on where that was agreed")
{
    ModelFile model(16);
    const CliResult refused = model.generate({}, "INFERLAB_EMULATED_DEVICE=none");
    CHECK(refused.exitCode == 2);
    CHECK(refused.err
          == "inferlab-cli: --device cuda: expected a device that is available, found there is a "
             "driver for CUDA 13.0, and no NVIDIA GPU\n");
    const CliResult onCpu = model.generate({"--or-cpu"}, "INFERLAB_EMULATED_DEVICE=none");
    REQUIRE(onCpu.exitCode == 0);
    CHECK(onCpu.err.find("inferlab-cli: going on with the CPU: --device cuda") == 0);
    CHECK(parseJson(onCpu.out, "stdout").at("device") == "cpu");
}

TEST_CASE("a model that an operator of the GPU does not take is refused with its name, or runs on "
          "the CPU")
{
    ModelFile model(320);
    const CliResult refused = model.generate({});
    CHECK(refused.exitCode == 2);
    CHECK(refused.err.find("model.gguf: attention on the GPU: heads of at most 256 elements were "
                           "expected, found 320; the CPU computes them\n")
          != std::string::npos);
    const CliResult onCpu = model.generate({"--or-cpu"});
    REQUIRE(onCpu.exitCode == 0);
    CHECK(onCpu.err.find("going on with the CPU") != std::string::npos);
    CHECK(parseJson(onCpu.out, "stdout").at("device") == "cpu");
}

TEST_CASE("weights too large for the device: by how much")
{
    ModelFile model(16);
    const CliResult refused = model.generate({}, "INFERLAB_EMULATED_MEMORY=30000");
    CHECK(refused.exitCode == 2);
    CHECK(refused.err.find("weights: expected at most") != std::string::npos);
    CHECK(refused.err.find("too much") != std::string::npos);
}

TEST_CASE("a device that is lost in the middle of a run leaves the record of what it did")
{
    ModelFile model(16);
    const CliResult lost = model.generate({"--record", model.record(), "--step-graphs", "off"},
                                          "INFERLAB_EMULATED_LOSS=200");
    CHECK(lost.exitCode == 1);
    const Json run = parseJson(readFile(model.record()), "run.json").at("runs").at(0);
    const Json &request = run.at("requests").at(0);
    CHECK(request.at("end_reason") == "error");
    CHECK(request.at("message").get<std::string>().find("the CPU can go on") != std::string::npos);
    CHECK(request.at("tokens").size() > 2);
    CHECK(request.at("tokens").size() < 12);
    CHECK(parseJson(lost.out, "stdout").at("sequences").at(0).at("end_reason") == "error");
}

TEST_CASE("a GPU that is listed has been opened: its memory and its note, or why it does not open")
{
    const auto gpu = [](const std::string &environment) {
        CliShell shell;
        shell.before = environment.empty() ? "" : "export " + environment;
        const CliResult result = runCli({"devices", "--json"}, shell);
        INFO(result.err);
        REQUIRE(result.exitCode == 0);
        return parseJson(result.out, "stdout").at("devices").at(2);
    };
    const Json usual = gpu("");
    CHECK(usual.at("available") == true);
    CHECK(usual.at("free_bytes").get<int64_t>() > 0);
    CHECK(usual.at("note") == "");
    CHECK(gpu("INFERLAB_EMULATED_CUBLAS=off").at("note")
          == "own kernels multiply alone, without cuBLAS: the emulated library is off");
    const Json full = gpu("INFERLAB_EMULATED_DEVICE=full");
    CHECK(full.at("available") == true);
    CHECK(full.at("note") == "it has no memory left to start with");
    const Json refused = gpu("INFERLAB_EMULATED_DEVICE=no-code");
    CHECK(refused.at("available") == false);
    CHECK(
        refused.at("reason").get<std::string>().find("the driver has no use for this build's code")
        != std::string::npos);
}
