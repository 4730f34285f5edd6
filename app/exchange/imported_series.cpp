#include "imported_series.h"

#include "app/experiment/experiment_folder.h"
#include "app/experiment/point_summary.h"
#include "engine/base/error.h"
#include "engine/base/mapped_file.h"
#include "engine/measure/csv_table.h"
#include "engine/measure/percentile.h"
#include "engine/measure/settings_list.h"
#include "exchange.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

namespace inferlab {

namespace {

namespace fs = std::filesystem;
using Settings = std::vector<NamedSetting>;

constexpr const char *kPlan = "experiment.json";
constexpr double kMsPerS = 1e3;
constexpr size_t kHashLength = std::string_view("sha256:01234567").size(); // of it, shown

struct NotebookColumn
{
    const char *name;
    int percent; // 0: throughput
    std::map<int, double> ImportedPoint::*figures;
};
constexpr std::array<NotebookColumn, 5> kNotebookColumns {
    {{"throughput_sustained_tok_s", 0, nullptr},
     {"p50_ttft_s", 50, &ImportedPoint::ttftMs},
     {"p90_ttft_s", 90, &ImportedPoint::ttftMs},
     {"p50_latency_s", 50, &ImportedPoint::latencyMs},
     {"p90_latency_s", 90, &ImportedPoint::latencyMs}}};

// A cell that is empty has no figure; one of a figure is positive.
std::optional<double> figureIn(const CsvRow &row, size_t place, const char *column,
                               const std::string &source)
{
    if (row.cells[place].empty())
        return std::nullopt;
    const double value = csvNumber(row, place, column, source);
    if (!(value > 0 && value < 1e12))
        throw InputError(source, "line " + std::to_string(row.line) + ", column " + column,
                         "a number above 0", row.cells[place]);
    return value;
}

void addNotebookRow(const CsvRow &row, const CsvRow &header, const std::string &source,
                    ImportedSeries &series)
{
    ImportedPoint point;
    const size_t batch = *csvColumn(header, "batch_size", source);
    const auto load = figureIn(row, batch, "batch_size", source);
    if (!load)
        throw InputError(source, "line " + std::to_string(row.line) + ", column batch_size",
                         "a number", "nothing");
    point.load = *load;
    for (const NotebookColumn &column : kNotebookColumns) {
        const auto place = csvColumn(header, column.name, source);
        const auto value = place ? figureIn(row, *place, column.name, source) : std::nullopt;
        if (value && column.figures == nullptr)
            point.tokPerSecond = *value;
        else if (value)
            (point.*column.figures)[column.percent] = *value * kMsPerS;
    }
    if (const auto runs = csvColumn(header, "runs", source); runs && !row.cells[*runs].empty())
        point.runs = static_cast<size_t>(std::max(csvNumber(row, *runs, "runs", source), 0.0));
    point.weakLatency = point.latencyMs.count(90) > 0 && point.runs < samplesNeeded(90);
    const bool isTwice =
        std::any_of(series.points.begin(), series.points.end(),
                    [&point](const ImportedPoint &other) { return other.load == point.load; });
    if (isTwice)
        throw InputError(source, "line " + std::to_string(row.line) + ", column batch_size",
                         "each batch size once", row.cells[batch] + " again");
    series.points.push_back(std::move(point));
}

void sortPoints(ImportedSeries &series)
{
    std::sort(series.points.begin(), series.points.end(),
              [](const ImportedPoint &a, const ImportedPoint &b) { return a.load < b.load; });
}

void addPercentiles(const std::optional<SampleSummary> &summary, std::map<int, double> &out)
{
    if (!summary)
        return;
    for (const auto &[percent, value] : {std::pair {50, summary->p50},
                                         {90, summary->p90},
                                         {95, summary->p95},
                                         {99, summary->p99}}) {
        if (percent == 50 || summary->claims(percent))
            out[percent] = value;
    }
}

// Samples of all runs of one load, pooled.
ImportedPoint pointOf(double load, const PointResult &measured)
{
    const PointSummary summary = summarisePoint(measured);
    ImportedPoint point;
    point.load = load;
    point.runs = summary.runs;
    point.tokPerSecond = summary.sustainedTokPerSecond;
    addPercentiles(summary.ttftMs, point.ttftMs);
    addPercentiles(summary.endToEndMs, point.latencyMs);
    return point;
}

// What tells one series from another: everything but the load and what follows from it.
struct SeriesKey
{
    std::string machine; // empty: the file does not say
    std::string model, modelFile, modelHash;
    bool inFlight = false;
    Settings settings;

    bool operator==(const SeriesKey &) const = default;
};

// Without the threads, which are a setting: see run_head.h.
std::string machineOf(const RunRecord &run)
{
    const std::string &machine = run.provenance.machine;
    const std::string count = ", " + std::to_string(run.settings.threads) + " thread";
    const size_t at = machine.rfind(count);
    const bool isEnd = at != std::string::npos
        && (machine.substr(at) == count || machine.substr(at) == count + "s");
    return isEnd ? machine.substr(0, at) : machine;
}

SeriesKey keyOf(const RunRecord &run)
{
    RunSettings settings = run.settings;
    const RunSettings usual;
    const bool inFlight = settings.concurrency > 0;
    const bool isVllm = run.provenance.program.starts_with("vLLM");
    if (!inFlight || isVllm) // vLLM's files do not tell the batch
        settings.batch = usual.batch;
    settings.concurrency = usual.concurrency;
    settings.requests = usual.requests;
    settings.contextTokens = usual.contextTokens;
    if (isVllm) // the longest of its answers, not a setting
        settings.maxNewTokens = usual.maxNewTokens;
    const Provenance &from = run.provenance;
    SeriesKey key;
    key.machine = machineOf(run);
    key.model = from.modelName + " " + from.quantisation;
    key.modelFile = from.modelFile;
    key.modelHash = from.modelHash;
    key.inFlight = inFlight;
    key.settings = comparedSettings(settings);
    return key;
}

struct GatheredSeries
{
    SeriesKey key;
    std::map<double, PointResult> points; // by load
};

std::vector<GatheredSeries> gather(const std::vector<std::shared_ptr<const RunRecord>> &runs)
{
    std::vector<GatheredSeries> all;
    for (const auto &run : runs) {
        const SeriesKey key = keyOf(*run);
        auto found = std::find_if(all.begin(), all.end(),
                                  [&key](const GatheredSeries &one) { return one.key == key; });
        if (found == all.end())
            found = all.insert(all.end(), {key, {}});
        const int32_t load = key.inFlight ? run->settings.concurrency : run->settings.batch;
        PointResult &point = found->points[load];
        MeasuredRun measured;
        measured.repeat = static_cast<int32_t>(point.runs.size());
        measured.record = run;
        point.runs.push_back(std::move(measured));
    }
    return all;
}

// ", kv cache false, Q8_0": what it has and the first of them has not.
std::string differenceFrom(const SeriesKey &first, const SeriesKey &key)
{
    std::string text;
    const auto add = [&text](const std::string &part) {
        if (!part.empty())
            text += ", " + part;
    };
    const bool isElsewhere = key.machine != first.machine;
    if (isElsewhere)
        add(key.machine);
    if (key.model != first.model)
        add(key.model);
    else if (key.modelFile != first.modelFile)
        add(key.modelFile);
    else if (key.modelHash != first.modelHash)
        add(key.modelHash.substr(0, kHashLength));
    if (key.inFlight != first.inFlight)
        add(key.inFlight ? "requests in flight" : "batches");
    for (size_t i = 0; i < key.settings.size(); ++i) {
        const NamedSetting &setting = key.settings[i];
        if (setting == first.settings[i] || setting.value.size() > 40) // a prompt says too much
            continue;
        if (isElsewhere && setting.name == "device") // the machine's name says it
            continue;
        std::string name = setting.name;
        std::replace(name.begin(), name.end(), '_', ' ');
        add(name + " " + setting.value);
    }
    return text;
}

std::vector<ImportedSeries> seriesOf(const std::vector<std::shared_ptr<const RunRecord>> &runs,
                                     const std::string &name)
{
    std::vector<ImportedSeries> all;
    const std::vector<GatheredSeries> gathered = gather(runs);
    for (const GatheredSeries &one : gathered) {
        ImportedSeries series;
        series.name = name + differenceFrom(gathered.front().key, one.key);
        series.inFlight = one.key.inFlight;
        for (const auto &[load, point] : one.points)
            series.points.push_back(pointOf(load, point));
        all.push_back(std::move(series));
    }
    return all;
}

std::vector<ImportedSeries> seriesOfExperiment(const fs::path &folder,
                                               const std::atomic<bool> *stop)
{
    const ExperimentResult result = readExperimentFolder(folder, stop);
    const std::vector<ExperimentAxis> &axes = result.experiment.axes;
    const bool fits = !axes.empty()
        && (axes.front().kind == AxisKind::Batch || axes.front().kind == AxisKind::Concurrency);
    if (!fits)
        throw InputError(
            folder.string(), {}, "an experiment that varies batch or concurrency first",
            axes.empty() ? "one that varies nothing"
                         : "one that varies " + std::string(axisInfo(axes.front().kind).name));
    std::vector<std::shared_ptr<const RunRecord>> runs;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs)
            runs.push_back(run.record);
    }
    if (runs.empty())
        throw InputError(folder.string(), {}, "an experiment with runs", "none yet");
    return seriesOf(runs, result.experiment.name);
}

bool isTable(const fs::path &path)
{
    return path.extension() == ".csv" || path.extension() == ".CSV";
}

std::vector<fs::path> filesIn(const fs::path &folder)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); entry != fs::directory_iterator();
         entry.increment(error)) {
        std::error_code gone; // meanwhile: then it is none of them
        if (entry->is_regular_file(gone)
            && (isTable(entry->path()) || entry->path().extension() == ".json"))
            files.push_back(entry->path());
    }
    if (error)
        throw InputError(folder.string(), {}, "a folder that can be read", error.message());
    std::sort(files.begin(), files.end());
    if (files.empty())
        throw InputError(folder.string(), {}, "results as *.json or *.csv", "none");
    return files;
}

ImportedSeries readTable(const fs::path &path)
{
    const MappedFile file(path.string());
    const auto bytes = file.bytes();
    return seriesFromNotebookCsv({reinterpret_cast<const char *>(bytes.data()), bytes.size()},
                                 path.string(), "course notebook, " + path.stem().string());
}

// Runs of several files, named after the first or after the folder that they share.
class RunFiles
{
public:
    void add(const fs::path &path)
    {
        for (RunRecord &run : readRunsFile(path.string()))
            m_runs.push_back(std::make_shared<const RunRecord>(std::move(run)));
        m_name = m_files++ == 0 ? path.stem().string() : path.parent_path().filename().string();
        m_last = path;
    }
    void moveInto(std::vector<ImportedSeries> &all) const
    {
        if (m_files > 0 && m_runs.empty())
            throw InputError(m_last.string(), {}, "runs", "none");
        for (ImportedSeries &series : seriesOf(m_runs, m_name))
            all.push_back(std::move(series));
    }

private:
    std::vector<std::shared_ptr<const RunRecord>> m_runs;
    std::string m_name;
    size_t m_files = 0;
    fs::path m_last;
};

} // namespace

ImportedSeries seriesFromNotebookCsv(std::string_view csv, const std::string &source,
                                     const std::string &name)
{
    CsvReader reader(csv, source);
    const std::optional<CsvRow> header = reader.next();
    const bool hasBatch = header && csvColumn(*header, "batch_size", source);
    const bool hasFigure = header
        && std::any_of(kNotebookColumns.begin(), kNotebookColumns.end(),
                       [&](const NotebookColumn &column) {
                           return csvColumn(*header, column.name, source).has_value();
                       });
    if (!hasBatch || !hasFigure)
        throw InputError(source, "header",
                         "the course notebook's columns, batch_size and such as p50_ttft_s, "
                         "p50_latency_s, throughput_sustained_tok_s",
                         !header        ? "nothing"
                             : hasBatch ? "batch_size alone"
                                        : "no batch_size");
    ImportedSeries series;
    series.name = name;
    while (const std::optional<CsvRow> row = reader.next()) {
        requireCells(*row, header->cells.size(), source);
        addNotebookRow(*row, *header, source, series);
    }
    if (series.points.empty())
        throw InputError(source, "", "points below the header", "none");
    sortPoints(series);
    return series;
}

void nameApart(std::vector<ImportedSeries> &all)
{
    std::set<std::string> taken;
    for (ImportedSeries &series : all) {
        const std::string name = series.name;
        for (int i = 2; !taken.insert(series.name).second; ++i)
            series.name = name + " (" + std::to_string(i) + ")";
    }
}

std::vector<ImportedSeries> importSeries(const std::vector<std::string> &paths,
                                         const std::atomic<bool> *stop)
{
    std::vector<ImportedSeries> all;
    RunFiles runs;
    std::vector<fs::path> files;
    for (const std::string &given : paths) {
        throwIfStopped(stop);
        const fs::path path =
            fs::path(given).filename() == kPlan ? fs::path(given).parent_path() : fs::path(given);
        std::error_code error; // reading the file says it better
        if (!fs::is_directory(path, error)) {
            files.push_back(path);
        } else if (fs::exists(path / kPlan, error)) {
            for (ImportedSeries &series : seriesOfExperiment(path, stop))
                all.push_back(std::move(series));
        } else {
            for (fs::path &file : filesIn(path))
                files.push_back(std::move(file));
        }
    }
    for (const fs::path &file : files) {
        throwIfStopped(stop);
        if (isTable(file))
            all.push_back(readTable(file));
        else
            runs.add(file);
    }
    runs.moveInto(all);
    nameApart(all);
    return all;
}

} // namespace inferlab
