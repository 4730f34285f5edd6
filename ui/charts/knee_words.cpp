#include "ui/charts/knee_words.h"

#include "ui/charts/plot_spec.h"

#include <array>

namespace inferlab {

QString kneeMethodName(const std::string &method)
{
    constexpr std::array<std::pair<const char *, const char *>, 7> names {
        {{"kneedle_linear", "linear Kneedle"},
         {"kneedle_log2", "Kneedle"},
         {"max_power", "max power"},
         {"crossing", "crossing"},
         {"degradation", "+20% latency"},
         {"usl", "USL peak"},
         {"budget", "budget"}}};
    for (const auto &[key, name] : names) {
        if (method == key)
            return QString::fromLatin1(name);
    }
    return QString::fromStdString(method);
}

QString kneeWords(const KneeReport &report)
{
    QStringList parts;
    for (const KneeAnswer &answer : report.answers) {
        if (answer.method == "budget" && !answer.load)
            continue;
        parts << kneeMethodName(answer.method) + QLatin1Char(' ')
                + (answer.load ? plainNumber(*answer.load, 1) : QStringLiteral("none"));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace inferlab
