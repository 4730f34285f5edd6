#include "history_query.h"

namespace inferlab {

namespace {

class Conditions
{
public:
    explicit Conditions(HistorySql &sql)
        : m_sql(sql)
    { }

    void add(const QString &condition, const QVariantList &values = {})
    {
        m_sql.where += (m_sql.where.isEmpty() ? QString() : QStringLiteral(" AND ")) + condition;
        m_sql.values += values;
    }

    void addWord(const QString &word)
    {
        add(QStringLiteral("(instr(own_words, ?) OR instr(run_words, ?))"), {word, word});
    }

private:
    HistorySql &m_sql;
};

// False where the key is none of ours: then the whole is a word.
bool addKey(Conditions &conditions, const QString &key, const QString &value)
{
    bool isNumber = false;
    const int number = value.toInt(&isNumber);
    if ((key == QLatin1String("batch") || key == QLatin1String("threads")) && isNumber)
        conditions.add(key + QStringLiteral(" = ?"), {number});
    else if (key == QLatin1String("device"))
        conditions.add(QStringLiteral("device = ?"), {value});
    else if (key == QLatin1String("cache")
             && (value == QLatin1String("on") || value == QLatin1String("off")))
        conditions.add(QStringLiteral("kv_cache = ?"), {value == QLatin1String("on") ? 1 : 0});
    else if (key == QLatin1String("tag"))
        conditions.add(QStringLiteral("EXISTS (SELECT 1 FROM tags WHERE tags.run_id = runs.id AND "
                                      "tags.folded = ?)"),
                       {value});
    else if (key == QLatin1String("model"))
        conditions.add(QStringLiteral("instr(lower(model_name || ' ' || model_file), ?)"), {value});
    else if (key == QLatin1String("experiment"))
        conditions.add(QStringLiteral("experiment_id = ? COLLATE NOCASE"), {value});
    else
        return false;
    return true;
}

void addSearch(Conditions &conditions, const QString &search)
{
    const QStringList words =
        search.toCaseFolded().simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString &word : words) {
        const qsizetype colon = word.indexOf(QLatin1Char(':'));
        if (colon <= 0 || colon + 1 == word.size()
            || !addKey(conditions, word.left(colon), word.mid(colon + 1)))
            conditions.addWord(word);
    }
}

// Each has an index of the same shape in the schema.
const char *sortColumn(HistorySort sort)
{
    switch (sort) {
    case HistorySort::Began:
        return "began_ms";
    case HistorySort::Name:
        return "name COLLATE NOCASE";
    case HistorySort::Model:
        return "model_name COLLATE NOCASE";
    case HistorySort::Device:
        return "device";
    case HistorySort::Batch:
        return "batch";
    case HistorySort::KvCache:
        return "kv_cache";
    case HistorySort::Ttft:
        return "ttft_p50_ms";
    case HistorySort::Itl:
        return "itl_p50_ms";
    case HistorySort::TokPerSecond:
        return "output_tok_s";
    }
    return "began_ms";
}

} // namespace

HistorySql historySql(const HistoryQuery &query)
{
    HistorySql sql;
    Conditions conditions(sql);
    conditions.add(query.deleted ? QStringLiteral("deleted_ms IS NOT NULL")
                                 : QStringLiteral("deleted_ms IS NULL"));
    addSearch(conditions, query.search);
    const QString direction = query.descending ? QStringLiteral("DESC") : QStringLiteral("ASC");
    // Nulls are last by themselves where the order descends.
    sql.order = QLatin1String(sortColumn(query.sort)) + QLatin1Char(' ') + direction
        + (query.descending ? QString() : QStringLiteral(" NULLS LAST")) + QStringLiteral(", id ")
        + direction;
    return sql;
}

QString cleanTag(const QString &text)
{
    return QString(text).remove(QLatin1Char(',')).simplified();
}

QStringList tagsFromText(const QString &text)
{
    QStringList tags;
    for (const QString &part : text.split(QLatin1Char(','))) {
        if (const QString tag = cleanTag(part); !tag.isEmpty())
            tags << tag;
    }
    tags.removeDuplicates();
    tags.sort();
    return tags;
}

} // namespace inferlab
