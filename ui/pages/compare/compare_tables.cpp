#include "compare_tables.h"

#include "engine/measure/comparison.h"
#include "engine/measure/metrics.h"
#include "engine/measure/settings_list.h"
#include "ui/pages/history/run_facts.h"
#include "ui/widgets/figures.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace inferlab {

namespace {

// What repeats share: the machine, the model, and every setting but seed and round. Program and
// date are none.
struct CompareKey
{
    std::string machine, modelName, modelFile, modelHash, quantisation;
    std::vector<NamedSetting> settings;

    bool operator==(const CompareKey &) const = default;
};

CompareKey keyOf(const RunRecord &run)
{
    const Provenance &from = run.provenance;
    return {from.machine,   from.modelName,    from.modelFile,
            from.modelHash, from.quantisation, comparedSettings(run.settings)};
}

// The same in words; seed and round tell single runs apart.
RunFacts settingsOf(const RunRecord &run, bool withSeed)
{
    RunFacts facts = runFacts(run.provenance, run.settings);
    facts.removeIf([withSeed](const QPair<QString, QString> &fact) {
        return fact.first == QObject::tr("Program")
            || (!withSeed
                && (fact.first == QObject::tr("Seed") || fact.first == QObject::tr("Round")));
    });
    return facts;
}

QString valueOf(const RunFacts &facts, const QString &what)
{
    for (const auto &[name, value] : facts) {
        if (name == what)
            return value;
    }
    return QStringLiteral("–");
}

// Every fact that any of them has, in the order of the facts.
QStringList factNames(const std::vector<RunFacts> &all)
{
    QStringList names;
    for (const RunFacts &facts : all) {
        for (const auto &fact : facts) {
            if (!names.contains(fact.first))
                names << fact.first;
        }
    }
    return names;
}

std::vector<RunFacts> factsOf(const std::vector<CompareColumn> &columns)
{
    std::vector<RunFacts> all;
    for (const CompareColumn &column : columns)
        all.push_back(settingsOf(*column.runs.front(), column.runs.size() == 1));
    return all;
}

bool isSame(const std::vector<RunFacts> &all, const QString &name)
{
    return std::all_of(all.begin(), all.end(), [&](const RunFacts &facts) {
        return valueOf(facts, name) == valueOf(all.front(), name);
    });
}

QStringList header(const QString &first, const std::vector<CompareColumn> &columns)
{
    QStringList titles {first};
    for (const CompareColumn &column : columns)
        titles << (column.runs.size() == 1
                       ? column.label
                       : QObject::tr("%1 (%2 runs)").arg(column.label).arg(column.runs.size()));
    return titles;
}

struct Figure
{
    QString title;
    FigureKind kind;
    const char *unit;
    double percentile; // of the samples
    std::function<std::vector<double>(const RunRecord &)> samples;
};

std::vector<double> userRates(const RunRecord &run)
{
    std::vector<double> rates;
    for (const RequestRecord &request : run.requests) {
        if (const auto rate = userTokPerSecond(request))
            rates.push_back(*rate);
    }
    return rates;
}

std::vector<double> oneOrNone(const std::optional<double> &value)
{
    return value ? std::vector<double> {*value} : std::vector<double> {};
}

std::vector<Figure> figureList()
{
    const auto throughput = [](const RunRecord &run) {
        return oneOrNone(computeMetrics(run).outputTokPerSecond);
    };
    const auto prefill = [](const RunRecord &run) {
        return oneOrNone(computeMetrics(run).prefillTokPerSecond);
    };
    return {
        {QObject::tr("First token, P50, ms"), FigureKind::Time, "ms", 50, ttftsMs},
        {QObject::tr("First token, P90, ms"), FigureKind::Time, "ms", 90, ttftsMs},
        {QObject::tr("ITL, P50, ms"), FigureKind::Time, "ms", 50, pooledItlMs},
        {QObject::tr("ITL, P90, ms"), FigureKind::Time, "ms", 90, pooledItlMs},
        {QObject::tr("ITL, P99, ms"), FigureKind::Time, "ms", 99, pooledItlMs},
        {QObject::tr("Total latency, P50, ms"), FigureKind::Time, "ms", 50, endToEndsMs},
        {QObject::tr("Throughput, tok/s total"), FigureKind::Rate, "tok/s", 50, throughput},
        {QObject::tr("Speed, tok/s/user, P50"), FigureKind::Rate, "tok/s", 50, userRates},
        {QObject::tr("Prompt reading, tok/s"), FigureKind::Rate, "tok/s", 50, prefill},
    };
}

bool allRepeated(const std::vector<CompareColumn> &columns)
{
    return std::all_of(columns.begin(), columns.end(),
                       [](const CompareColumn &column) { return column.runs.size() >= 2; });
}

std::vector<double> pooled(const CompareColumn &column, const Figure &figure)
{
    std::vector<double> all;
    for (const RunRecordPtr &run : column.runs) {
        const std::vector<double> samples = figure.samples(*run);
        all.insert(all.end(), samples.begin(), samples.end());
    }
    return all;
}

// The figure of each run: what may be taken for independent.
std::vector<double> byRun(const CompareColumn &column, const Figure &figure)
{
    std::vector<double> values;
    for (const RunRecordPtr &run : column.runs) {
        if (const auto value = percentile(figure.samples(*run), figure.percentile))
            values.push_back(*value);
    }
    return values;
}

std::optional<Comparison> compare(const CompareColumn &a, const CompareColumn &b,
                                  const Figure &figure, bool repeated)
{
    if (repeated)
        return compareSamples(byRun(a, figure), byRun(b, figure));
    return compareSamples(pooled(a, figure), pooled(b, figure), figure.percentile);
}

// A percentile of too few samples says so, as the charts do.
QString valueText(const CompareColumn &column, const Figure &figure)
{
    const std::vector<double> samples = pooled(column, figure);
    const std::optional<double> value = percentile(samples, figure.percentile);
    if (!value)
        return QStringLiteral("–");
    const QString text = figures::tokPerSecond(*value);
    return samples.size() >= samplesNeeded(figure.percentile)
        ? text
        : QObject::tr("%1 (n = %2: few)").arg(text).arg(samples.size());
}

QString changeText(double ratio)
{
    const double percent = (ratio - 1.0) * 100.0;
    const QString digits =
        QString::number(std::abs(percent), 'f', std::abs(percent) < 9.95 ? 1 : 0);
    return (percent < 0 ? QStringLiteral("−") : QStringLiteral("+")) + digits + QLatin1Char('%');
}

QString shortComparison(const std::optional<Comparison> &comparison)
{
    if (!comparison || !comparison->ratio)
        return {};
    if (!comparison->ratioInterval)
        return changeText(*comparison->ratio);
    return QObject::tr("%1 to %2")
        .arg(changeText(comparison->ratioInterval->low),
             changeText(comparison->ratioInterval->high));
}

// Without an interval the words have no number: the plain change stands before them.
QString longComparison(const std::optional<Comparison> &comparison, const Figure &figure)
{
    if (!comparison)
        return QStringLiteral("–");
    const QString words =
        QString::fromStdString(comparisonWords(*comparison, figure.kind, figure.unit));
    if (comparison->differenceInterval || !comparison->ratio)
        return words;
    const QString change = changeText(*comparison->ratio);
    if (comparison->nA == 1 && comparison->nB == 1)
        return QObject::tr("%1; one value each").arg(change);
    return QObject::tr("%1; too few for an interval (n = %2 and %3)")
        .arg(change)
        .arg(comparison->nA)
        .arg(comparison->nB);
}

} // namespace

std::vector<CompareColumn> compareColumns(const std::vector<RunRecordPtr> &runs)
{
    std::vector<CompareColumn> columns;
    std::vector<CompareKey> keys;
    for (const RunRecordPtr &run : runs) {
        const CompareKey key = keyOf(*run);
        const auto found = std::find(keys.begin(), keys.end(), key);
        if (found != keys.end()) {
            columns[static_cast<size_t>(found - keys.begin())].runs.push_back(run);
            continue;
        }
        const QString label = QString::fromStdString(run->label);
        QString free = label;
        const auto taken = [&columns, &free] {
            return std::any_of(columns.begin(), columns.end(),
                               [&free](const CompareColumn &c) { return c.label == free; });
        };
        for (int number = 2; taken(); ++number)
            free = QStringLiteral("%1 (%2)").arg(label).arg(number);
        keys.push_back(key);
        columns.push_back({free, {run}});
    }
    // Runs that only their seeds tell apart are to be compared all the same when there are no
    // others.
    if (columns.size() == 1 && columns.front().runs.size() == 2) {
        const RunRecordPtr second = columns.front().runs.back();
        columns.front().runs.pop_back();
        columns.push_back({columns.front().label + QStringLiteral(" (2)"), {second}});
    }
    return columns;
}

ChartTable differingSettings(const std::vector<CompareColumn> &columns)
{
    const std::vector<RunFacts> all = factsOf(columns);
    ChartTable table;
    table.columns = header(QObject::tr("Setting"), columns);
    for (const QString &name : factNames(all)) {
        if (isSame(all, name))
            continue;
        QStringList row {name};
        for (const RunFacts &facts : all)
            row << valueOf(facts, name);
        table.rows.push_back(row);
    }
    return table;
}

QString commonSettings(const std::vector<CompareColumn> &columns)
{
    const std::vector<RunFacts> all = factsOf(columns);
    QStringList parts;
    for (const QString &name : factNames(all)) {
        // The prompts are long, and the hash says what the model says.
        const bool isLong = name == QObject::tr("Prompt") || name == QObject::tr("System prompt")
            || name == QObject::tr("Prompt pool") || name == QObject::tr("Hash")
            || name == QObject::tr("File");
        if (!isLong && isSame(all, name))
            parts << QStringLiteral("%1 %2").arg(name, valueOf(all.front(), name));
    }
    return parts.join(QStringLiteral(" · "));
}

ChartTable comparedFigures(const std::vector<CompareColumn> &columns)
{
    ChartTable table;
    if (columns.empty())
        return table;
    const bool repeated = allRepeated(columns);
    const bool two = columns.size() == 2;
    table.columns = header(QObject::tr("Figure"), columns);
    if (two)
        table.columns << QObject::tr("The second against the first");
    for (const Figure &figure : figureList()) {
        QStringList row {figure.title};
        for (size_t i = 0; i < columns.size(); ++i) {
            QString text = valueText(columns[i], figure);
            if (!two && i > 0) {
                const QString change =
                    shortComparison(compare(columns.front(), columns[i], figure, repeated));
                if (!change.isEmpty())
                    text += QStringLiteral("  (%1)").arg(change);
            }
            row << text;
        }
        if (two)
            row << longComparison(compare(columns[0], columns[1], figure, repeated), figure);
        table.rows.push_back(row);
    }
    return table;
}

QString comparisonNote(const std::vector<CompareColumn> &columns)
{
    if (allRepeated(columns))
        return QObject::tr("95% intervals of the difference between medians, by the figure of each "
                           "run.");
    return QObject::tr(
        "95% intervals from the samples within each run. Neighbouring tokens resemble "
        "each other, so those of ITL are too narrow: repeat the runs and mark all of "
        "them for a surer answer.");
}

} // namespace inferlab
