// Keeps the application's theme: light or dark after the system or as chosen, zoom, and
// presentation size.
#pragma once

#include "ui/theme/theme.h"

#include <QObject>
#include <functional>

namespace inferlab {

enum class Appearance { System, Light, Dark };

class ThemeController : public QObject
{
    Q_OBJECT

public:
    static constexpr double kMinZoom = 0.75,
                            kMaxZoom = 2.5; // below: 8 px captions; above: no room for a chart

    // Applies the theme at once. Child of the application. `systemIsDark` is for tests.
    explicit ThemeController(QApplication &application, std::function<bool()> systemIsDark = {});

    // The one of the running application; null when there is none.
    static ThemeController *instance();

    const Theme &theme() const noexcept { return m_theme; }
    Appearance appearance() const noexcept { return m_appearance; }
    double zoom() const noexcept { return m_zoom; }
    bool presenting() const noexcept { return m_presenting; }

    bool eventFilter(QObject *watched, QEvent *event) override;

public slots:
    void setAppearance(inferlab::Appearance appearance);
    void setZoom(double zoom); // clamped
    void zoomIn();             // to the next of 75, 90, 100, 110, 125, 150, 175, 200, 250%
    void zoomOut();
    void resetZoom();
    void setPresenting(bool on);
    void followSystem(); // asks again whether the system is dark

signals:
    void changed(const inferlab::Theme &theme); // after it is applied

private:
    void refresh();

    QApplication &m_application;
    std::function<bool()> m_systemIsDark;
    Appearance m_appearance = Appearance::System;
    double m_zoom = 1.0;
    bool m_presenting = false;
    Theme m_theme;
    bool m_applying = false;
};

} // namespace inferlab
