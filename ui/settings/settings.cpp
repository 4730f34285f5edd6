// Keeps the window's settings, in memory and, once attached, in a file.
#include "settings.h"

#include "run_settings_map.h"

#include <QSettings>
#include <QVariant>
#include <algorithm>

namespace inferlab {

namespace {

constexpr auto kSplitterGroup = "splitter";
constexpr auto kRunGroup = "run";

QString themeName(Settings::Theme theme)
{
    switch (theme) {
    case Settings::Theme::Light:
        return QStringLiteral("light");
    case Settings::Theme::Dark:
        return QStringLiteral("dark");
    case Settings::Theme::System:
        break;
    }
    return QStringLiteral("system");
}

Settings::Theme themeFromName(const QString &name)
{
    if (name == QLatin1String("light"))
        return Settings::Theme::Light;
    if (name == QLatin1String("dark"))
        return Settings::Theme::Dark;
    return Settings::Theme::System;
}

// A number from the file when it is one and in range, else the fallback.
int storedNumber(const QSettings &file, const char *key, int minimum, int maximum, int fallback)
{
    bool isNumber = false;
    const int value = file.value(QLatin1String(key)).toInt(&isNumber);
    return isNumber && value >= minimum && value <= maximum ? value : fallback;
}

} // namespace

Settings::Settings(QObject *parent)
    : QObject(parent)
{ }

Settings::~Settings() = default;

void Settings::loadFrom(const QString &iniFile)
{
    auto file = std::make_unique<QSettings>(iniFile, QSettings::IniFormat);
    m_theme = themeFromName(file->value(QStringLiteral("theme")).toString());
    const QString tints = file->value(QStringLiteral("tokenTints")).toString();
    if (tints == QLatin1String("true") || tints == QLatin1String("false"))
        m_tokenTints = tints == QLatin1String("true");
    m_chartFrames =
        storedNumber(*file, "chartFrames", kMinChartFrames, kMaxChartFrames, m_chartFrames);
    m_zoomPercent =
        storedNumber(*file, "zoomPercent", kMinZoomPercent, kMaxZoomPercent, m_zoomPercent);
    m_recentModels = file->value(QStringLiteral("recentModels")).toStringList();
    m_recentModels.removeAll(QString());
    m_recentModels = m_recentModels.mid(0, kMaxRecentModels);
    m_chartOrder = file->value(QStringLiteral("chartOrder")).toStringList();
    m_hiddenCharts = file->value(QStringLiteral("hiddenCharts")).toStringList();
    m_page = file->value(QStringLiteral("page")).toString();
    m_windowGeometry = file->value(QStringLiteral("windowGeometry")).toByteArray();
    file->beginGroup(QLatin1String(kSplitterGroup));
    for (const QString &name : file->childKeys())
        m_splitters.insert(name, file->value(name).toByteArray());
    file->endGroup();
    file->beginGroup(QLatin1String(kRunGroup));
    for (const QString &name : file->childKeys())
        m_run.insert(name, file->value(name));
    file->endGroup();
    m_file = std::move(file);
    emit changed();
}

template <typename T>
void Settings::assign(T &member, const T &value, const char *key, bool announce)
{
    if (member == value)
        return;
    member = value;
    store(QLatin1String(key), QVariant::fromValue(value));
    if (announce)
        emit changed();
}

void Settings::store(const QString &key, const QVariant &value)
{
    if (m_file != nullptr)
        m_file->setValue(key, value);
}

void Settings::setTheme(Theme theme)
{
    if (m_theme == theme)
        return;
    m_theme = theme;
    store(QStringLiteral("theme"), themeName(theme));
    emit changed();
}

void Settings::setTokenTints(bool on)
{
    assign(m_tokenTints, on, "tokenTints");
}

void Settings::setChartFramesPerSecond(int frames)
{
    assign(m_chartFrames, std::clamp(frames, kMinChartFrames, kMaxChartFrames), "chartFrames");
}

void Settings::setZoomPercent(int percent)
{
    assign(m_zoomPercent, std::clamp(percent, kMinZoomPercent, kMaxZoomPercent), "zoomPercent");
}

void Settings::addRecentModel(const QString &path)
{
    QStringList models = m_recentModels;
    models.removeAll(path);
    models.prepend(path);
    assign(m_recentModels, QStringList(models.mid(0, kMaxRecentModels)), "recentModels");
}

void Settings::setChartOrder(const QStringList &ids)
{
    assign(m_chartOrder, ids, "chartOrder", false);
}

void Settings::setHiddenCharts(const QStringList &ids)
{
    assign(m_hiddenCharts, ids, "hiddenCharts", false);
}

void Settings::setPage(const QString &id)
{
    assign(m_page, id, "page", false);
}

void Settings::setWindowGeometry(const QByteArray &geometry)
{
    assign(m_windowGeometry, geometry, "windowGeometry", false);
}

RunSettings Settings::runSettings(const RunSettings &defaults) const
{
    return runSettingsFromMap(m_run, defaults);
}

void Settings::setRunSettings(const RunSettings &settings, const RunSettings &defaults)
{
    const QVariantMap before = runSettingsToMap(runSettings(defaults));
    const QVariantMap now = runSettingsToMap(settings);
    for (auto it = now.begin(); it != now.end(); ++it) {
        if (before.value(it.key()) == it.value())
            continue;
        m_run.insert(it.key(), it.value());
        store(QLatin1String(kRunGroup) + QLatin1Char('/') + it.key(), it.value());
    }
}

void Settings::setSplitterState(const QString &name, const QByteArray &state)
{
    if (m_splitters.value(name) == state)
        return;
    m_splitters.insert(name, state);
    store(QLatin1String(kSplitterGroup) + QLatin1Char('/') + name, state);
}

} // namespace inferlab
