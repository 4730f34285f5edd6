// After any operations the list is what a plain vector of the same runs would give.
#include "app/history/history_store.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <random>

using namespace inferlab;

namespace {

struct PlainRun
{
    int64_t id = 0;
    QString name;
    QStringList tags;
    QString note;
    int batch = 1;
    bool cache = true;
    std::optional<double> ttft;
    bool deleted = false;
};

const QStringList kWords {QStringLiteral("alpha"), QStringLiteral("Beta"), QStringLiteral("gamma"),
                          QStringLiteral("ÄRGER"), QStringLiteral("delta 4")};

class Model
{
public:
    explicit Model(uint64_t seed)
        : m_random(seed)
    { }

    int below(int count) { return static_cast<int>(m_random() % static_cast<uint64_t>(count)); }
    QString word() { return kWords[below(static_cast<int>(kWords.size()))]; }
    bool chance(int percent) { return below(100) < percent; }
    PlainRun *any()
    {
        return runs.empty() ? nullptr : &runs[static_cast<size_t>(below(int(runs.size())))];
    }

    std::vector<PlainRun> runs;

private:
    std::mt19937_64 m_random;
};

RunRecord recordOf(const PlainRun &plain)
{
    RunRecord run;
    run.label = plain.name.toStdString();
    run.provenance.date = "2026-11-23T10:00:00+00:00"; // one for all: ties are broken by id
    run.settings.batch = plain.batch;
    run.settings.kvCache = plain.cache;
    if (plain.ttft) {
        RequestRecord request;
        request.scheduledNs = request.submittedNs = 1;
        request.tokens.resize(1);
        request.tokens[0].ns = 1 + static_cast<int64_t>(*plain.ttft * 1e6);
        request.endNs = request.tokens[0].ns;
        request.endReason = EndReason::Stop;
        run.requests.push_back(request);
    }
    return run;
}

void addOne(HistoryStore &store, Model &model)
{
    PlainRun plain;
    plain.name = model.word() + QLatin1Char(' ') + model.word();
    plain.batch = 1 << model.below(4);
    plain.cache = model.chance(70);
    if (model.chance(80))
        plain.ttft = 1 + model.below(20);
    plain.id = store.add(recordOf(plain));
    model.runs.push_back(plain);
}

void changeOne(HistoryStore &store, Model &model)
{
    PlainRun *run = model.any();
    if (run == nullptr)
        return;
    switch (model.below(5)) {
    case 0:
        run->name = model.word();
        store.rename(run->id, run->name);
        break;
    case 1:
        run->note = model.word();
        store.setNote(run->id, run->note);
        break;
    case 2:
        run->tags = tagsFromText(model.word() + QStringLiteral(", ") + model.word());
        store.setTags(run->id, run->tags);
        break;
    case 3:
        run->deleted = true;
        store.remove({run->id});
        break;
    default:
        run->deleted = false;
        store.restore({run->id});
    }
}

// By the rules in history_query.h. Names that a run was given first stay findable: its label.
bool matches(const PlainRun &run, const QStringList &labels, const QString &word)
{
    if (word == QLatin1String("batch:2"))
        return run.batch == 2;
    if (word == QLatin1String("cache:off"))
        return !run.cache;
    if (word.startsWith(QLatin1String("tag:"))) {
        return std::any_of(run.tags.begin(), run.tags.end(), [&](const QString &tag) {
            return tag.compare(word.mid(4), Qt::CaseInsensitive) == 0;
        });
    }
    const QString all = (QStringList {run.name, run.note, labels[int(run.id) - 1]} + run.tags)
                            .join(QLatin1Char('\n'));
    return all.contains(word, Qt::CaseInsensitive);
}

std::vector<int64_t> expected(const Model &model, const QStringList &labels,
                              const HistoryQuery &query)
{
    std::vector<PlainRun> rows;
    const QStringList words = query.search.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const PlainRun &run : model.runs) {
        const bool all = std::all_of(words.begin(), words.end(), [&](const QString &word) {
            return matches(run, labels, word);
        });
        if (run.deleted == query.deleted && all)
            rows.push_back(run);
    }
    std::sort(rows.begin(), rows.end(), [&query](const PlainRun &a, const PlainRun &b) {
        int order = 0;
        if (query.sort == HistorySort::Batch)
            order = a.batch - b.batch;
        if (query.sort == HistorySort::KvCache)
            order = int(a.cache) - int(b.cache);
        if (query.sort == HistorySort::Ttft) {
            if (a.ttft.has_value() != b.ttft.has_value())
                return a.ttft.has_value(); // the missing last, either way
            if (a.ttft)
                order = *a.ttft < *b.ttft ? -1 : *a.ttft > *b.ttft ? 1 : 0;
        }
        if (order == 0)
            order = a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
        return query.descending ? order > 0 : order < 0;
    });
    std::vector<int64_t> ids;
    for (int64_t i = query.offset; i < int64_t(rows.size()) && i < query.offset + query.limit; ++i)
        ids.push_back(rows[static_cast<size_t>(i)].id);
    return ids;
}

HistoryQuery someQuery(Model &model)
{
    const QStringList searches {QString(),
                                QStringLiteral("beta"),
                                QStringLiteral("ärger"),
                                QStringLiteral("a delta"),
                                QStringLiteral("batch:2"),
                                QStringLiteral("cache:off alpha"),
                                QStringLiteral("tag:gamma"),
                                QStringLiteral("nowhere")};
    HistoryQuery query;
    query.search = searches[model.below(static_cast<int>(searches.size()))];
    query.deleted = model.chance(20);
    constexpr HistorySort kSorts[] = {HistorySort::Began, HistorySort::Batch, HistorySort::KvCache,
                                      HistorySort::Ttft};
    query.sort = kSorts[model.below(4)];
    query.descending = model.chance(50);
    query.offset = model.chance(50) ? 0 : model.below(20);
    query.limit = 1 + model.below(30);
    return query;
}

} // namespace

class TestHistoryProperty : public QObject
{
    Q_OBJECT

private slots:
    void theListEqualsAPlainModel_data()
    {
        QTest::addColumn<int>("seed");
        for (const int seed : {1, 2, 3})
            QTest::addRow("seed %d", seed) << seed;
    }

    void theListEqualsAPlainModel()
    {
        QFETCH(const int, seed);
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("history.sqlite"));
        auto store = std::make_unique<HistoryStore>(file);
        Model model(static_cast<uint64_t>(seed));
        QStringList labels;
        for (int step = 0; step < 400; ++step) {
            if (model.chance(30)) {
                addOne(*store, model);
                labels << model.runs.back().name;
            } else if (model.chance(2)) {
                store.reset(); // a new start of the program
                store = std::make_unique<HistoryStore>(file);
            } else {
                changeOne(*store, model);
            }
            const HistoryQuery query = someQuery(model);
            std::vector<int64_t> ids;
            for (const HistoryRun &run : store->list(query).runs) {
                ids.push_back(run.id);
                const PlainRun &plain = model.runs[static_cast<size_t>(run.id - 1)];
                QCOMPARE(run.name, plain.name);
                QCOMPARE(run.note, plain.note);
                QCOMPARE(run.tags, plain.tags);
                QCOMPARE(run.ttftP50Ms, plain.ttft);
            }
            QVERIFY2(
                ids == expected(model, labels, query),
                qPrintable(QStringLiteral("step %1, search \"%2\"").arg(step).arg(query.search)));
        }
    }
};

QTEST_GUILESS_MAIN(TestHistoryProperty)
#include "test_history_property.moc"
