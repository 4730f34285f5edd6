// inferlab-cli predict and devices --calibrate, and what bench makes of a calibration.
#include "calibrated_folder.h"
#include "check_refused.h"

#include "engine/base/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

const std::string kTiny = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf";

Json jsonOf(const CliResult &result)
{
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
    return parseJson(result.out, "stdout");
}

} // namespace

TEST_CASE("a prediction follows from the file's bytes and the machine's bandwidth")
{
    const CalibratedFolder data;
    data.calibrate();
    const Json document =
        jsonOf(data.run({"predict", "--model", kTiny, "--threads", "1", "--batch", "1,4",
                         "--prompt-tokens", "9", "--new-tokens", "2", "--memory", "1", "--json"}));
    REQUIRE(document.at("results").size() == 2);
    const Json &one = document.at("results").at(0);
    // Two layers of width 64 with 4 query and 2 key heads of 16 and a feed-forward of 96, in F32:
    // 2 x (64 x 64 x 2 + 32 x 64 x 2 + 3 x 96 x 64 + 2 x 64) x 4 bytes; the output of 512 x 64 and
    // its gain; a row of the embedding. The cache holds 2 x 2 x 32 x 2 bytes a token: ten are read
    // and one is written.
    const double layers = 2 * (64 * 64 * 2 + 32 * 64 * 2 + 3 * 96 * 64 + 2 * 64) * 4;
    const double output = (512 * 64 + 64) * 4;
    const double bytes = layers + output + 64 * 4 + 11 * 256;
    CHECK(one.at("decode").at("bytes").get<double>() == bytes);
    CHECK(one.at("itl_ms").get<double>() == Approx(bytes / 1e6 * 1e3).epsilon(1e-6));
    CHECK(one.at("decode").at("limit") == "bandwidth");
    CHECK(one.at("ttft_ms").get<double>()
          == Approx((layers + output + 9 * 64 * 4 + 18 * 256) / 1e3).epsilon(1e-6));
    // Four sequences share the weights.
    CHECK(document.at("results").at(1).at("decode").at("bytes").get<double>()
          == bytes + 3 * (64 * 4 + 11 * 256));
    // 1 GiB less all weights, over 11 tokens of 256 bytes.
    const double weights = layers + output + 512 * 64 * 4;
    CHECK(document.at("users").get<double>()
          == std::floor((1024.0 * 1024 * 1024 - weights) / (11 * 256)));

    const CliResult text = data.run({"predict", "--model", kTiny, "--threads", "1",
                                     "--prompt-tokens", "9", "--new-tokens", "2"});
    CHECK(text.exitCode == 0);
    CHECK(text.out.find("bandwidth 100%") != std::string::npos);
    CHECK(text.out.find(" of cache.") != std::string::npos);
}

TEST_CASE("bench has predictions once the device was calibrated, and says how before")
{
    const CalibratedFolder data;
    const std::vector<std::string> bench {
        "bench", "--model",  kTiny, "--prompt-tokens", "9", "--new-tokens", "4", "--batch",
        "2",     "--repeat", "1",   "--threads",       "1"};
    std::vector<std::string> json = bench;
    json.emplace_back("--json");
    CHECK(jsonOf(data.run(json)).at("results").at(0).at("predicted").is_null());
    CHECK(data.run(bench).out.find("inferlab-cli devices --calibrate") != std::string::npos);
    data.calibrate();
    const Json result = jsonOf(data.run(json)).at("results").at(0);
    const Json &predicted = result.at("predicted");
    CHECK(predicted.at("decode_limit") == "bandwidth");
    CHECK(predicted.at("decode_share").get<double>()
          == Approx(result.at("decode_tok_s").at("median").get<double>()
                    / predicted.at("decode_tok_s").get<double>()));
    CHECK(data.run(bench).out.find("predicted: prefill ") != std::string::npos);
}

TEST_CASE("devices --calibrate measures, keeps and shows")
{
    const CalibratedFolder data;
    const Json document = jsonOf(data.run({"devices", "--calibrate", "--threads", "1", "--json"}));
    const Json &calibration = document.at("calibration");
    CHECK(calibration.at("read_gb_s").get<double>() > 0);
    const std::vector<Calibration> kept = readCalibrations(data.file());
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].hardware == calibration.at("hardware").get<std::string>());
    CHECK(kept[0].limits.bytesPerSecond * 1e-9
          == Approx(calibration.at("read_gb_s").get<double>()));
    CHECK_FALSE(jsonOf(data.run({"devices", "--json"})).contains("calibration"));
}

TEST_CASE("predict refuses what cannot be")
{
    checkRefused({"predict", "--model", kTiny, "--prompt-tokens", "250", "--new-tokens", "10"},
                 "the model's context");
    checkRefused({"predict", "--model", "/nowhere.gguf"}, "/nowhere.gguf");
    checkRefused({"predict", "--model", kTiny, "--batch", "0"}, "--batch");
    checkRefused({"predict", "--model", kTiny, "--kv-cache", "maybe"}, "--kv-cache");
    checkRefused({"predict", "--model", kTiny, "--memory", "-1"}, "--memory");
}
