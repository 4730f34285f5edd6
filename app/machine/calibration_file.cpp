#include "app/machine/calibration_file.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/base/output_file.h"
#include "engine/base/user_folders.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "inferlab-calibration";
// 1 knew no rate of a single row's sampling, and of batch-invariant kernels the decode steps alone;
// 2 read from memory alone, and multiplied int8 without minimums; 3 knew no replayed steps.
constexpr int kVersion = 4;
constexpr const char *kRereads = "rereads";
constexpr const char *kRereadMib = "mib";
constexpr const char *kRereadRate = "read_gb_s";
// Only of devices where it is a choice; below 0 where those kernels happen to be faster.
constexpr const char *kBatchInvariantCost = "batch_invariant_cost";
constexpr const char *kDisturbed = "disturbed"; // only where it was
constexpr double kGiga = 1e9;
constexpr double kMicro = 1e-6;
constexpr double kMebi = 1024.0 * 1024.0;

// Every limit: its key, what one unit of the file is, and where it stands.
struct Field
{
    const char *key;
    double unit;
    double &(*in)(Calibration &);
    bool mayBeZero = false;
};

const Field kFields[] {
    {"read_gb_s", kGiga, [](Calibration &c) -> double & { return c.limits.bytesPerSecond; }},
    {"int8_gop_s", kGiga, [](Calibration &c) -> double & { return c.limits.productsPerSecond[0]; }},
    {"bf16_gflop_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.productsPerSecond[1]; }},
    {"f32_gflop_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.productsPerSecond[2]; }},
    {"attention_decode_gflop_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.attentionRowsPerSecond; }},
    {"attention_prefill_gflop_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.attentionTilesPerSecond; }},
    {"row_gigaelements_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.rowElementsPerSecond; }},
    {"sampling_gigaelements_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.drawnElementsPerSecond; }},
    {"sampling_row_gigaelements_s", kGiga,
     [](Calibration &c) -> double & { return c.limits.drawnOfRowPerSecond; }},
    {"large_operator_us", kMicro,
     [](Calibration &c) -> double & { return c.limits.largeOperatorSeconds; }},
    {"small_operator_us", kMicro,
     [](Calibration &c) -> double & { return c.limits.smallOperatorSeconds; }},
    {"replayed_large_operator_us", kMicro,
     [](Calibration &c) -> double & { return c.limits.replayedLargeSeconds; }, true},
    {"replayed_small_operator_us", kMicro,
     [](Calibration &c) -> double & { return c.limits.replayedSmallSeconds; }, true},
    {"peak_int8_gop_s", kGiga, [](Calibration &c) -> double & { return c.peakInt8PerSecond; },
     true},
    {"peak_f32_gflop_s", kGiga, [](Calibration &c) -> double & { return c.peakFloatPerSecond; },
     true},
};

Json toJson(Calibration calibration)
{
    Json json = {{"hardware", calibration.hardware},
                 {"date", calibration.date},
                 {"program", calibration.program}};
    for (const Field &field : kFields)
        json[field.key] = field.in(calibration) / field.unit;
    Json rereads = Json::array();
    for (const ReadRate &rate : calibration.limits.rereads)
        rereads.push_back(
            {{kRereadMib, rate.bytes / kMebi}, {kRereadRate, rate.bytesPerSecond / kGiga}});
    json[kRereads] = std::move(rereads);
    if (!calibration.disturbed.empty())
        json[kDisturbed] = calibration.disturbed;
    if (calibration.batchInvariantCost)
        json[kBatchInvariantCost] = *calibration.batchInvariantCost;
    return json;
}

double positive(const JsonCursor &at)
{
    const double value = at.number();
    if (!std::isfinite(value) || value <= 0.0)
        at.fail("a positive number", at.value().dump());
    return value;
}

std::vector<ReadRate> rereadsFrom(const JsonCursor &list)
{
    std::vector<ReadRate> out;
    for (size_t i = 0; i < list.size(); ++i) {
        const JsonCursor at = list.at(i);
        const ReadRate rate {positive(at.at(kRereadMib)) * kMebi,
                             positive(at.at(kRereadRate)) * kGiga};
        if (!out.empty() && rate.bytes <= out.back().bytes)
            at.at(kRereadMib).fail("more than the one before", at.at(kRereadMib).value().dump());
        out.push_back(rate);
    }
    return out;
}

Calibration fromJson(const JsonCursor &json)
{
    Calibration out;
    out.hardware = json.at("hardware").text();
    out.date = json.at("date").text();
    out.program = json.at("program").text();
    for (const Field &field : kFields) {
        const JsonCursor at = json.at(field.key);
        const bool zero = field.mayBeZero && at.number() == 0.0;
        field.in(out) = zero ? 0.0 : positive(at) * field.unit;
    }
    out.limits.rereads = rereadsFrom(json.at(kRereads));
    if (const auto disturbed = json.find(kDisturbed))
        out.disturbed = disturbed->text();
    if (const auto cost = json.find(kBatchInvariantCost)) {
        out.batchInvariantCost = cost->number();
        if (!std::isfinite(*out.batchInvariantCost))
            cost->fail("a number", cost->value().dump());
    }
    return out;
}

// Of a file that cannot be used nothing is kept but the file.
std::vector<Calibration> readOrKeepAside(const fs::path &path)
{
    try {
        return readCalibrations(path);
    } catch (const InputError &) {
        std::error_code error;
        fs::rename(path, path.string() + ".damaged", error);
        if (error)
            throw;
        return {};
    }
}

} // namespace

fs::path calibrationPath()
{
    const std::optional<fs::path> folder = userDataFolder();
    return folder ? *folder / "calibration.json" : fs::path();
}

std::string calibrationsToJson(const std::vector<Calibration> &calibrations)
{
    Json list = Json::array();
    for (const Calibration &calibration : calibrations)
        list.push_back(toJson(calibration));
    return jsonText({{"format", kFormat}, {"version", kVersion}, {"calibrations", list}}, 2) + "\n";
}

std::vector<Calibration> calibrationsFromJson(std::string_view json, const std::string &source)
{
    const Json document = parseJson(json, source);
    const JsonCursor root(document, source);
    if (const JsonCursor format = root.at("format"); format.text() != kFormat)
        format.fail("\"" + std::string(kFormat) + "\"", "\"" + format.text() + "\"");
    std::vector<Calibration> out;
    if (root.at("version").integer(1, kVersion) < kVersion)
        return out; // measured anew
    const JsonCursor list = root.at("calibrations");
    for (size_t i = 0; i < list.size(); ++i)
        out.push_back(fromJson(list.at(i)));
    return out;
}

std::vector<Calibration> readCalibrations(const fs::path &path)
{
    std::error_code error;
    if (!fs::exists(path, error))
        return {};
    const MappedFile file(path);
    const auto bytes = file.bytes();
    return calibrationsFromJson({reinterpret_cast<const char *>(bytes.data()), bytes.size()},
                                path.string());
}

const Calibration *findCalibration(const std::vector<Calibration> &calibrations,
                                   std::string_view hardware) noexcept
{
    const auto it =
        std::find_if(calibrations.begin(), calibrations.end(),
                     [hardware](const Calibration &c) { return c.hardware == hardware; });
    return it == calibrations.end() ? nullptr : &*it;
}

void saveCalibration(const fs::path &path, const Calibration &calibration)
{
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error)
        throw InputError(path.parent_path().string(), "", "a folder that can be made",
                         error.message());
    std::vector<Calibration> all = readOrKeepAside(path);
    std::erase_if(all, [&](const Calibration &c) { return c.hardware == calibration.hardware; });
    all.push_back(calibration);
    OutputFile file(path);
    file.commit(calibrationsToJson(all));
}

} // namespace inferlab
