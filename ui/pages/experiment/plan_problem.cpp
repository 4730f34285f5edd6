#include "plan_problem.h"

#include "engine/base/error.h"

#include <QObject>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace inferlab {

namespace {

using Name = std::pair<std::string_view, const char *>;
constexpr std::array<Name, 13> kNames {{
    {"name", QT_TRANSLATE_NOOP("QObject", "Name")},
    {"axes", QT_TRANSLATE_NOOP("QObject", "What varies")},
    {"repeats", QT_TRANSLATE_NOOP("QObject", "Repeats")},
    {"warm_ups", QT_TRANSLATE_NOOP("QObject", "Warm-ups")},
    {"seed", QT_TRANSLATE_NOOP("QObject", "Seed")},
    {"prompts", QT_TRANSLATE_NOOP("QObject", "Prompts")},
    {"cool_down_seconds", QT_TRANSLATE_NOOP("QObject", "Cool-down")},
    {"stop.seconds", QT_TRANSLATE_NOOP("QObject", "Stop all after")},
    {"stop.point_seconds", QT_TRANSLATE_NOOP("QObject", "Stop a point after")},
    {"stop.interval_percent", QT_TRANSLATE_NOOP("QObject", "Stop a point when known within")},
    {"hold.least_new_tokens", QT_TRANSLATE_NOOP("QObject", "New tokens at least")},
    {"hold.requests", QT_TRANSLATE_NOOP("QObject", "Requests")},
    {"hold.concurrency", QT_TRANSLATE_NOOP("QObject", "In flight")},
}};

QString capitalised(std::string_view words)
{
    QString text = QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

// "axes[1].values[0]" is the second axis by its title, "prompts[2]" the prompts.
QString fieldName(const std::string &where, const std::vector<ExperimentAxis> &axes)
{
    constexpr std::string_view kAxis = "axes[";
    if (where.compare(0, kAxis.size(), kAxis) == 0) {
        const size_t index = std::strtoul(where.c_str() + kAxis.size(), nullptr, 10);
        if (index < axes.size())
            return capitalised(axisInfo(axes[index].kind).title);
    }
    const std::string key = where.substr(0, where.find('['));
    for (const auto &[known, name] : kNames) {
        if (known == key)
            return QObject::tr(name);
    }
    constexpr std::string_view kHeld = "hold.";
    if (where.compare(0, kHeld.size(), kHeld) == 0) {
        if (const auto kind = axisKindFromName(std::string_view(where).substr(kHeld.size())))
            return capitalised(axisInfo(*kind).title);
    }
    return QString::fromStdString(where);
}

} // namespace

QString planProblem(const InputError &error, const std::vector<ExperimentAxis> &axes)
{
    if (error.where().empty())
        return QString::fromUtf8(error.what());
    return QObject::tr("%1: expected %2, found %3")
        .arg(fieldName(error.where(), axes), QString::fromStdString(error.expected()),
             QString::fromStdString(error.found()));
}

} // namespace inferlab
