// How the window looks: colours with fixed meanings, sizes, fonts. A plain value; the one in use
// hangs on the QApplication (ThemeController puts it there), so that there is no global state.
#pragma once

#include <QColor>
#include <QFont>
#include <QMetaType>

class QApplication;

namespace inferlab {

// What a colour says, on every chart and beside every number (README, "Colours").
enum class Meaning { Prefill, Decode, Queue, Throughput, Prediction, Budget, Selection };

// Pixels at 100%: captions, body, card titles, the big numbers.
enum class TextSize { Small = 11, Body = 13, Title = 16, Big = 22 };

// Distances in pixels; everything is a multiple of 4.
namespace space {
inline constexpr int kStep = 4;
inline constexpr int kInside = 8;
inline constexpr int kBetween = 12;
inline constexpr int kEdge = 16;
} // namespace space

struct Theme
{
    static constexpr double kPresentScale = 1.5; // F11: readable from the back of a room

    bool dark = false;
    double zoom = 1.0; // Ctrl + - 0
    bool presenting = false;

    QColor window;        // behind the cards
    QColor surface;       // cards, inputs
    QColor hover;         // under the pointer
    QColor border;        // between surfaces; decorative
    QColor controlBorder; // of what can be pressed or typed into; 3:1
    QColor grid;          // chart grid
    QColor text;
    QColor mutedText; // captions; 4.5:1 too
    QColor disabledText;
    QColor accent;     // what can be pressed, what is running
    QColor onAccent;   // text on it
    QColor accentWash; // a selected row
    QColor error;      // text of errors
    QColor errorWash;  // behind it

    static Theme light();
    static Theme darkTheme();
    // The one in use; light() before a ThemeController is there.
    static Theme current();

    double scale() const noexcept { return zoom * (presenting ? kPresentScale : 1.0); }
    int px(double at100) const noexcept; // a length, scaled and rounded
    int textPx(TextSize size) const noexcept { return px(static_cast<int>(size)); }
    QFont font(TextSize size, QFont::Weight weight = QFont::Normal) const;

    // Of a meaning: the colour to fill with (Okabe-Ito; its tint in the dark), the same for lines
    // and outlines (3:1 on `surface`), and for words (4.5:1).
    QColor fill(Meaning meaning) const;
    QColor edge(Meaning meaning) const;
    QColor ink(Meaning meaning) const;
    // Of an earlier run on the same chart: age 1 is the latest of them. Lighter, never under 3:1 at
    // the edge.
    QColor earlierFill(Meaning meaning, int age) const;
    QColor earlierEdge(Meaning meaning, int age) const;

    bool operator==(const Theme &) const = default;
};

// Sets style, palette, font, style sheet and Theme::current(). ThemeController calls it.
void applyTheme(QApplication &application, const Theme &theme);

} // namespace inferlab

Q_DECLARE_METATYPE(inferlab::Theme)
