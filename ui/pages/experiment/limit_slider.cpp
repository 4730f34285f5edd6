#include "limit_slider.h"

#include "ui/theme/theme.h"
#include "ui/widgets/figures.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr int kStepsPerDecade = 40;
constexpr double kDefaultMs = 1000;
constexpr int kBoxWidth = 190; // pixels at 100%
constexpr int kValueWidth = 64;

int stepOf(double ms)
{
    return static_cast<int>(std::lround(kStepsPerDecade * std::log10(ms / LimitSlider::kLeastMs)));
}

// 2.34 -> 2.3, 456 -> 460
double twoDigits(double value)
{
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
    return std::round(value / unit) * unit;
}

QString words(double ms)
{
    return ms < 1000 ? QObject::tr("%1 ms").arg(QString::number(ms, 'g', 4))
                     : QObject::tr("%1 s").arg(QString::number(ms / 1000, 'g', 4));
}

} // namespace

LimitSlider::LimitSlider(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_box(new QCheckBox(name, this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_value(new QLabel(this))
{
    m_slider->setRange(0, stepOf(kMostMs));
    m_slider->setPageStep(kStepsPerDecade / 4);
    m_slider->setAccessibleName(name);
    m_value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_value->setBuddy(m_slider);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kInside);
    row->addWidget(m_box);
    row->addWidget(m_slider, 1);
    row->addWidget(m_value);
    m_slider->setValue(stepOf(kDefaultMs));
    fit();
    refresh();
    connect(m_box, &QCheckBox::toggled, this, [this] {
        refresh();
        emit limitChanged();
    });
    connect(m_slider, &QSlider::valueChanged, this, [this] {
        m_exactMs.reset();
        refresh();
        emit limitChanged();
    });
}

void LimitSlider::fit()
{
    const Theme theme = Theme::current();
    m_box->setFixedWidth(theme.px(kBoxWidth));
    m_value->setMinimumWidth(theme.px(kValueWidth));
}

void LimitSlider::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fit();
}

std::optional<double> LimitSlider::limitMs() const
{
    if (!m_box->isChecked())
        return std::nullopt;
    if (m_exactMs)
        return m_exactMs;
    return twoDigits(kLeastMs
                     * std::pow(10.0, static_cast<double>(m_slider->value()) / kStepsPerDecade));
}

void LimitSlider::setLimitMs(std::optional<double> ms)
{
    const QSignalBlocker quietBox(m_box);
    const QSignalBlocker quietSlider(m_slider);
    m_box->setChecked(ms.has_value());
    if (ms) {
        m_exactMs = std::clamp(*ms, kLeastMs, kMostMs);
        m_slider->setValue(stepOf(*m_exactMs));
    }
    refresh();
}

void LimitSlider::refresh()
{
    const std::optional<double> ms = limitMs();
    m_slider->setEnabled(ms.has_value());
    m_value->setText(ms ? words(*ms) : tr("no limit"));
}

} // namespace inferlab
