// Three columns of numbers of a small table.
#include "engine/measure/load_points_csv.h"

#include "engine/base/error.h"
#include "engine/measure/csv_table.h"

#include <algorithm>
#include <array>
#include <optional>

namespace inferlab {

namespace {

using Names = std::array<const char *, 3>; // of load, throughput, latency
constexpr Names kColumns {"x", "throughput", "latency"};
constexpr Names kNotebookColumns {"batch_size", "throughput_sustained_tok_s", "p50_latency_s"};
constexpr double kMsPerS = 1e3;

bool isNotebook(const CsvRow &header)
{
    return std::any_of(header.cells.begin(), header.cells.end(),
                       [](const std::string &cell) { return cell == kNotebookColumns[0]; });
}

std::array<size_t, 3> findColumns(const CsvRow &header, const Names &names,
                                  const std::string &source)
{
    std::array<size_t, 3> places {};
    for (size_t k = 0; k < names.size(); ++k) {
        const std::optional<size_t> place = csvColumn(header, names[k], source);
        if (!place) {
            throw InputError(source, "header",
                             std::string("the columns ") + names[0] + ", " + names[1] + " and "
                                 + names[2],
                             std::string("no ") + names[k]);
        }
        places[k] = *place;
    }
    return places;
}

} // namespace

std::vector<LoadPoint> loadPointsFromCsv(std::string_view csv, const std::string &source)
{
    CsvReader reader(csv, source);
    const std::optional<CsvRow> header = reader.next();
    if (!header)
        throw InputError(source, "", "a header line and points", "nothing");
    const bool notebook = isNotebook(*header);
    const Names &names = notebook ? kNotebookColumns : kColumns;
    const std::array<size_t, 3> places = findColumns(*header, names, source);
    std::vector<LoadPoint> points;
    while (const std::optional<CsvRow> row = reader.next()) {
        requireCells(*row, header->cells.size(), source);
        LoadPoint point;
        point.load = csvNumber(*row, places[0], names[0], source);
        point.throughput = csvNumber(*row, places[1], names[1], source);
        point.latencyMs = csvNumber(*row, places[2], names[2], source) * (notebook ? kMsPerS : 1.0);
        points.push_back(point);
    }
    if (points.empty())
        throw InputError(source, "", "points below the header", "none");
    return points;
}

} // namespace inferlab
