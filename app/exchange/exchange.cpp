#include "exchange.h"

#include "aiperf_jsonl.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/measure/record_json.h"
#include "notebook_csv.h"
#include "vllm_json.h"

namespace inferlab {

namespace {

// As for our own records: a long run is hundreds of megabytes.
constexpr JsonLimits kLimits {.maxBytes = size_t {1} << 30, .maxDepth = 32};

} // namespace

const char *exchangeName(ExchangeFormat format) noexcept
{
    switch (format) {
    case ExchangeFormat::InferLab:
        return "inferlab";
    case ExchangeFormat::Vllm:
        return "vllm";
    case ExchangeFormat::Aiperf:
        return "aiperf";
    case ExchangeFormat::Notebook:
        return "notebook";
    }
    return "";
}

std::optional<ExchangeFormat> exchangeFromName(std::string_view name) noexcept
{
    for (const ExchangeFormat format : kExchangeFormats) {
        if (name == exchangeName(format))
            return format;
    }
    return std::nullopt;
}

const char *exchangeSuffix(ExchangeFormat format) noexcept
{
    switch (format) {
    case ExchangeFormat::InferLab:
    case ExchangeFormat::Vllm:
        return "json";
    case ExchangeFormat::Aiperf:
        return "jsonl";
    case ExchangeFormat::Notebook:
        return "csv";
    }
    return "";
}

std::string writeRuns(const std::vector<RunRecord> &runs, ExchangeFormat format)
{
    switch (format) {
    case ExchangeFormat::InferLab:
        return runsToJson(runs);
    case ExchangeFormat::Vllm:
        if (runs.size() != 1)
            throw InputError("vLLM's format", "", "one run in a file", std::to_string(runs.size()));
        return runToVllmJson(runs.front());
    case ExchangeFormat::Aiperf:
        return runsToAiperfJsonl(runs);
    case ExchangeFormat::Notebook:
        return runsToNotebookCsv(runs);
    }
    return {};
}

std::vector<RunRecord> readRuns(std::string_view text, const std::string &source)
{
    if (text.starts_with("batch_size,"))
        throw InputError(source, "", "times of tokens",
                         "the course notebook's table, which holds percentiles alone: the "
                         "Experiments page draws it beside an experiment, and inferlab-cli knee "
                         "--csv reads it");
    // What runsFromJson does not know by its first key may be vLLM's. Reading twice costs less than
    // a second for a large file, and only for one that is not ours.
    constexpr std::string_view kOurs = "\"format\"";
    constexpr size_t kBeginning = 64;
    if (text.substr(0, kBeginning).find(kOurs) == std::string_view::npos) {
        const Json document = parseJson(text, source, kLimits);
        const JsonCursor root(document, source);
        if (isVllmJson(root))
            return {runFromVllmJson(root)};
    }
    return runsFromJson(text, source);
}

std::vector<RunRecord> readRunsFile(const std::string &path)
{
    const MappedFile file(path);
    const auto bytes = file.bytes();
    return readRuns({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, path);
}

} // namespace inferlab
