#include "history_query.h"

#include <utility>
#include <vector>

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

// For LIKE: its wildcards as letters.
QString literally(QString text)
{
    for (const char special : {'\\', '%', '_'})
        text.replace(QLatin1Char(special), QLatin1String("\\") + QLatin1Char(special));
    return text;
}

// False where the key is none of ours: then the whole is a word.
bool addKey(Conditions &conditions, const QString &key, const QString &typed)
{
    const QString value = typed.toCaseFolded();
    bool isNumber = false;
    const int number = value.toInt(&isNumber);
    if ((key == QLatin1String("batch") || key == QLatin1String("threads")) && isNumber)
        conditions.add(key + QStringLiteral(" = ?"), {number});
    else if (key == QLatin1String("device"))
        conditions.add(QStringLiteral("device = ?"), {value});
    else if (key == QLatin1String("cache")
             && (value == QLatin1String("on") || value == QLatin1String("off")))
        conditions.add(QStringLiteral("kv_cache = ?"), {value == QLatin1String("on") ? 1 : 0});
    else if (key == QLatin1String("cache"))
        conditions.add(QStringLiteral("kv_cache = 1 AND cache_type = ? COLLATE NOCASE"), {value});
    else if (key == QLatin1String("tag"))
        conditions.add(QStringLiteral("EXISTS (SELECT 1 FROM tags WHERE tags.run_id = runs.id AND "
                                      "tags.folded = ?)"),
                       {value});
    else if (key == QLatin1String("model"))
        conditions.add(QStringLiteral("instr(lower(model_name || ' ' || model_file), ?)"), {value});
    else if (key == QLatin1String("experiment")) // NULL where there is none: no match
        conditions.add(QStringLiteral("experiment_id LIKE ? ESCAPE '\\'"),
                       {literally(typed) + QLatin1Char('%')});
    else
        return false;
    return true;
}

struct SearchWord
{
    QString text;
    qsizetype colon = -1; // of a key before it; not one within quotes
};

// Blanks part words but for those within quotes; a quote within quotes is written twice.
std::vector<SearchWord> wordsOf(const QString &search)
{
    std::vector<SearchWord> words;
    SearchWord word;
    bool quoted = false;
    for (qsizetype i = 0; i < search.size(); ++i) {
        const QChar c = search[i];
        if (c == QLatin1Char('"')) {
            const bool twice = quoted && i + 1 < search.size() && search[i + 1] == c;
            if (twice)
                word.text += search[++i];
            else
                quoted = !quoted;
        } else if (!quoted && c.isSpace()) {
            words.push_back(std::exchange(word, {}));
        } else {
            if (!quoted && c == QLatin1Char(':') && word.colon < 0)
                word.colon = word.text.size();
            word.text += c;
        }
    }
    words.push_back(word);
    std::erase_if(words, [](const SearchWord &each) { return each.text.isEmpty(); });
    return words;
}

void addSearch(Conditions &conditions, const QString &search)
{
    for (const SearchWord &word : wordsOf(search)) {
        const QString folded = word.text.toCaseFolded();
        const bool hasKey = word.colon > 0 && word.colon + 1 < word.text.size();
        if (!hasKey
            || !addKey(conditions, word.text.left(word.colon).toCaseFolded(),
                       word.text.mid(word.colon + 1)))
            conditions.addWord(folded);
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

QString experimentSearch(const QString &experiment)
{
    QString quoted = experiment;
    quoted.replace(QLatin1Char('"'), QLatin1String("\"\""));
    return QStringLiteral("experiment:\"%1\"").arg(quoted);
}

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
