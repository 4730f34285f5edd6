// One limit of an application: on or off, and how many milliseconds at most, on a logarithmic
// slider with its value in words.
#pragma once

#include <QWidget>
#include <optional>

class QCheckBox;
class QLabel;
class QSlider;

namespace inferlab {

class LimitSlider : public QWidget
{
    Q_OBJECT

public:
    // name: "First token (TTFT)".
    explicit LimitSlider(const QString &name, QWidget *parent = nullptr);

    static constexpr double kLeastMs = 1, kMostMs = 300000;

    std::optional<double> limitMs() const;     // none: off. Two digits, as people set limits
    void setLimitMs(std::optional<double> ms); // says nothing

    QCheckBox *box() const noexcept { return m_box; }
    QSlider *slider() const noexcept { return m_slider; }

signals:
    void limitChanged(); // by a person

protected:
    void changeEvent(QEvent *event) override;

private:
    void fit();
    void refresh();

    QCheckBox *m_box;
    QSlider *m_slider;
    QLabel *m_value;
    // As it was set: a slider has fewer places than there are numbers.
    std::optional<double> m_exactMs;
};

} // namespace inferlab
