// The two palettes and what follows from them.
#include "ui/theme/theme.h"

#include "ui/theme/contrast.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>
#include <QVariant>
#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr char kProperty[] = "inferlabTheme";

// Okabe & Ito 2008, "Color Universal Design"; grey is ours. Prediction is the text colour.
QColor okabeIto(Meaning meaning)
{
    switch (meaning) {
    case Meaning::Prefill:
        return QColor(0xE6, 0x9F, 0x00);
    case Meaning::Decode:
        return QColor(0x00, 0x72, 0xB2);
    case Meaning::Queue:
        return QColor(0x8C, 0x8C, 0x8C);
    case Meaning::Throughput:
        return QColor(0x00, 0x9E, 0x73);
    case Meaning::Budget:
        return QColor(0xD5, 0x5E, 0x00);
    case Meaning::Selection:
        return QColor(0xCC, 0x79, 0xA7);
    case Meaning::Prediction:
        break;
    }
    return {};
}

// The same hues, lighter, for a dark surface.
QColor darkTint(Meaning meaning)
{
    switch (meaning) {
    case Meaning::Prefill:
        return QColor(0xF0, 0xB4, 0x30);
    case Meaning::Decode:
        return QColor(0x56, 0xB4, 0xE9); // Okabe-Ito's own sky blue
    case Meaning::Queue:
        return QColor(0x9A, 0xA0, 0xAA);
    case Meaning::Throughput:
        return QColor(0x2C, 0xC2, 0x95);
    case Meaning::Budget:
        return QColor(0xF0, 0x7F, 0x2E);
    case Meaning::Selection:
        return QColor(0xE0, 0x98, 0xC2);
    case Meaning::Prediction:
        break;
    }
    return {};
}

// Of an earlier run's colour, what is left of it over the surface: 60% for the latest, then paler.
double earlierShare(int age)
{
    return std::clamp(0.60 - 0.12 * (age - 1), 0.3, 0.6);
}

QPalette paletteOf(const Theme &theme)
{
    QPalette palette;
    palette.setColor(QPalette::Window, theme.window);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.surface);
    palette.setColor(QPalette::AlternateBase, theme.window);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.mutedText);
    palette.setColor(QPalette::Button, theme.surface);
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::BrightText, theme.error);
    palette.setColor(QPalette::ToolTipBase, theme.surface);
    palette.setColor(QPalette::ToolTipText, theme.text);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.onAccent);
    palette.setColor(QPalette::Link, theme.accent);
    palette.setColor(QPalette::Light, theme.surface);
    palette.setColor(QPalette::Midlight, theme.hover);
    palette.setColor(QPalette::Mid, theme.border);
    palette.setColor(QPalette::Dark, theme.controlBorder);
    palette.setColor(QPalette::Shadow, theme.border);
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, theme.disabledText);
    return palette;
}

} // namespace

Theme Theme::light()
{
    Theme theme;
    theme.window = QColor(0xF4, 0xF5, 0xF8);
    theme.surface = QColor(0xFF, 0xFF, 0xFF);
    theme.hover = QColor(0xEC, 0xEE, 0xF3);
    theme.border = QColor(0xDF, 0xE2, 0xE9);
    theme.controlBorder = QColor(0x86, 0x8D, 0x9B);
    theme.grid = QColor(0xE8, 0xEA, 0xEF);
    theme.text = QColor(0x1A, 0x1D, 0x24);
    theme.mutedText = QColor(0x5A, 0x61, 0x70);
    theme.disabledText = QColor(0x9A, 0xA1, 0xAE);
    theme.accent = QColor(0x43, 0x4F, 0xC9);
    theme.onAccent = QColor(0xFF, 0xFF, 0xFF);
    theme.accentWash = QColor(0xE7, 0xE9, 0xFA);
    theme.error = QColor(0xA8, 0x3F, 0x00);
    theme.errorWash = QColor(0xFD, 0xEE, 0xE4);
    return theme;
}

Theme Theme::darkTheme()
{
    Theme theme;
    theme.dark = true;
    theme.window = QColor(0x13, 0x15, 0x1A);
    theme.surface = QColor(0x1C, 0x1F, 0x26);
    theme.hover = QColor(0x2A, 0x2E, 0x38);
    theme.border = QColor(0x30, 0x35, 0x40);
    theme.controlBorder = QColor(0x73, 0x7B, 0x8A);
    theme.grid = QColor(0x2B, 0x30, 0x3A);
    theme.text = QColor(0xE9, 0xEB, 0xF1);
    theme.mutedText = QColor(0xA6, 0xAD, 0xBB);
    theme.disabledText = QColor(0x6B, 0x72, 0x80);
    theme.accent = QColor(0x8E, 0x9B, 0xFF);
    theme.onAccent = QColor(0x12, 0x14, 0x1C);
    theme.accentWash = QColor(0x2B, 0x30, 0x55);
    theme.error = QColor(0xFF, 0xA6, 0x6B);
    theme.errorWash = QColor(0x3A, 0x26, 0x18);
    return theme;
}

Theme Theme::current()
{
    if (qApp != nullptr) {
        const QVariant value = qApp->property(kProperty);
        if (value.canConvert<Theme>())
            return value.value<Theme>();
    }
    return light();
}

int Theme::px(double at100) const noexcept
{
    return static_cast<int>(std::lround(at100 * scale()));
}

QFont Theme::font(TextSize size, QFont::Weight weight) const
{
    QFont font = interfaceFont();
    font.setPixelSize(textPx(size));
    font.setWeight(weight);
    return font;
}

QColor Theme::fill(Meaning meaning) const
{
    if (meaning == Meaning::Prediction)
        return text;
    return dark ? darkTint(meaning) : okabeIto(meaning);
}

QColor Theme::edge(Meaning meaning) const
{
    return withContrast(fill(meaning), surface, kMarkContrast);
}

QColor Theme::ink(Meaning meaning) const
{
    return withContrast(fill(meaning), surface, kTextContrast);
}

QColor Theme::earlierFill(Meaning meaning, int age) const
{
    return mix(surface, fill(meaning), earlierShare(age));
}

QColor Theme::earlierEdge(Meaning meaning, int age) const
{
    return withContrast(earlierFill(meaning, age), surface, kMarkContrast);
}

void applyTheme(QApplication &application, const Theme &theme)
{
    application.setProperty(kProperty, QVariant::fromValue(theme));
    if (application.style()->name() != QLatin1String("fusion")
        && application.styleSheet()
               .isEmpty()) // with a style sheet, the style is Qt's wrapper of Fusion
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QPalette palette = paletteOf(theme);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QApplication::setFont(theme.font(TextSize::Body));
    application.setStyleSheet(styleSheet(theme));
}

} // namespace inferlab
