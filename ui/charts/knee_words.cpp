#include "ui/charts/knee_words.h"

#include "engine/measure/knee_words.h"
#include "ui/charts/plot_spec.h"

namespace inferlab {

QString kneeMethodName(const std::string &method)
{
    return QString::fromStdString(kneeMethodTitle(method));
}

QString kneeAnswerName(const KneeAnswer &answer)
{
    return QString::fromStdString(kneeAnswerTitle(answer));
}

QString kneeWords(const KneeReport &report)
{
    QStringList parts;
    for (const KneeAnswer &answer : report.answers) {
        if (answer.method == "budget" && !answer.load)
            continue;
        parts << kneeAnswerName(answer) + QLatin1Char(' ')
                + (answer.load ? plainNumber(*answer.load, 1) : QStringLiteral("none"));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace inferlab
