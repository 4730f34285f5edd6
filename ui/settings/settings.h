// What the window remembers. Setters clamp, compare, then signal. Nothing is read or written until
// loadFrom() attaches a file, so that tests never touch a person's settings; a value in the file
// that makes no sense falls back to the default.
#pragma once

#include "engine/measure/run_record.h"

#include <QByteArray>
#include <QMap>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariantMap>
#include <memory>

class QSettings;

namespace inferlab {

class Settings : public QObject
{
    Q_OBJECT

public:
    enum class Theme { System, Light, Dark };
    Q_ENUM(Theme)

    static constexpr int kMinZoomPercent = 75;
    static constexpr int kMaxZoomPercent = 250;
    static constexpr int kMinChartFrames = 1;  // a second
    static constexpr int kMaxChartFrames = 30; // more costs and shows nothing
    static constexpr int kMaxRecentModels = 8;

    explicit Settings(QObject *parent = nullptr);
    ~Settings() override;

    // Reads the file (QSettings' ini format) and keeps it up to date from now on.
    void loadFrom(const QString &iniFile);

    Theme theme() const noexcept { return m_theme; }
    bool tokenTints() const noexcept { return m_tokenTints; }
    int chartFramesPerSecond() const noexcept { return m_chartFrames; }
    int zoomPercent() const noexcept { return m_zoomPercent; }
    const QStringList &recentModels() const noexcept { return m_recentModels; } // newest first
    const QStringList &chartOrder() const noexcept { return m_chartOrder; }     // chart ids
    const QStringList &hiddenCharts() const noexcept { return m_hiddenCharts; }
    const QString &page() const noexcept { return m_page; } // the id of the one shown last
    const QByteArray &windowGeometry() const noexcept { return m_windowGeometry; }
    QByteArray splitterState(const QString &name) const { return m_splitters.value(name); }
    // What the next run was set to: device, KV cache and its type, batch, new tokens, threads (0:
    // all), batching, chunk, padding, the GPU's switches, chat or raw text, sampling. What is not
    // remembered, or makes no sense, is as in `defaults`; so are the prompts.
    RunSettings runSettings(const RunSettings &defaults) const;

    void setTheme(Theme theme);
    void setTokenTints(bool on);
    void setChartFramesPerSecond(int frames);
    void setZoomPercent(int percent);
    void addRecentModel(const QString &path);
    void setChartOrder(const QStringList &ids);
    void setHiddenCharts(const QStringList &ids);
    void setPage(const QString &id);
    void setWindowGeometry(const QByteArray &geometry);
    void setSplitterState(const QString &name, const QByteArray &state);
    // defaults: those of runSettings(). What never differed from them is not written down, so that
    // it follows them where they change.
    void setRunSettings(const RunSettings &settings, const RunSettings &defaults);

signals:
    void changed(); // something a person chose; not geometry

private:
    template <typename T>
    void assign(T &member, const T &value, const char *key, bool announce = true);
    void store(const QString &key, const QVariant &value);

    Theme m_theme = Theme::System;
    bool m_tokenTints = false;
    int m_chartFrames = 20;
    int m_zoomPercent = 100;
    QStringList m_recentModels;
    QStringList m_chartOrder;
    QStringList m_hiddenCharts;
    QString m_page;
    QByteArray m_windowGeometry;
    QMap<QString, QByteArray> m_splitters;
    QVariantMap m_run;                 // as in the file: what was ever chosen
    std::unique_ptr<QSettings> m_file; // null: not attached
};

} // namespace inferlab
