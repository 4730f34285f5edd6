// Decides between light and dark, and applies every change once.
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleHints>
#include <algorithm>
#include <array>
#include <memory>

namespace inferlab {

namespace {

constexpr std::array kZoomSteps {0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5};

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness()
        < palette.color(QPalette::WindowText).lightness();
}

// Qt 6.5 can say it. Before, the platform's own palette shows once ours is taken away, and Fusion's
// standard palette follows the platform's preference.
bool askSystem()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    const QPalette ours = QApplication::palette();
    QApplication::setPalette(QPalette());
    const bool platformIsDark = isDark(QGuiApplication::palette());
    QApplication::setPalette(ours);
    const std::unique_ptr<QStyle> fusion(QStyleFactory::create(QStringLiteral("Fusion")));
    return platformIsDark || (fusion && isDark(fusion->standardPalette()));
#endif
}

} // namespace

ThemeController::ThemeController(QApplication &application, std::function<bool()> systemIsDark)
    : QObject(&application)
    , m_application(application)
    , m_systemIsDark(systemIsDark ? std::move(systemIsDark) : askSystem)
{
    refresh();
    m_application.installEventFilter(this);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this,
            &ThemeController::followSystem);
#endif
}

ThemeController *ThemeController::instance()
{
    return qApp == nullptr
        ? nullptr
        : qApp->findChild<ThemeController *>(QString(), Qt::FindDirectChildrenOnly);
}

bool ThemeController::eventFilter(QObject *watched, QEvent *event)
{
    // The desktop changed its theme: it tells every window. Queued, as one change sends several.
    if (event->type() == QEvent::ThemeChange && !m_applying)
        QMetaObject::invokeMethod(this, &ThemeController::followSystem, Qt::QueuedConnection);
    return QObject::eventFilter(watched, event);
}

void ThemeController::setAppearance(Appearance appearance)
{
    m_appearance = appearance;
    refresh();
}

void ThemeController::setZoom(double zoom)
{
    m_zoom = std::clamp(zoom, kMinZoom, kMaxZoom);
    refresh();
}

void ThemeController::zoomIn()
{
    const auto next = std::upper_bound(kZoomSteps.begin(), kZoomSteps.end(), zoom() + 0.01);
    setZoom(next == kZoomSteps.end() ? kZoomSteps.back() : *next);
}

void ThemeController::zoomOut()
{
    const auto here = std::lower_bound(kZoomSteps.begin(), kZoomSteps.end(), zoom() - 0.01);
    setZoom(here == kZoomSteps.begin() ? kZoomSteps.front() : *(here - 1));
}

void ThemeController::resetZoom()
{
    setZoom(1.0);
}

void ThemeController::setPresenting(bool on)
{
    m_presenting = on;
    refresh();
}

void ThemeController::followSystem()
{
    if (m_appearance == Appearance::System)
        refresh();
}

void ThemeController::refresh()
{
    m_applying = true;
    const bool dark =
        m_appearance == Appearance::System ? m_systemIsDark() : m_appearance == Appearance::Dark;
    Theme next = dark ? Theme::darkTheme() : Theme::light();
    next.zoom = m_zoom;
    next.presenting = m_presenting;
    if (!(next == m_theme)) {
        m_theme = next;
        applyTheme(m_application, m_theme);
        emit changed(m_theme);
    }
    m_applying = false;
}

} // namespace inferlab
