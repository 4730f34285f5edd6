// A short form.
#include "settings_dialog.h"

#include "ui/settings/settings.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/toggle_switch.h"

#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>

namespace inferlab {

SettingsDialog::SettingsDialog(Settings &settings, QWidget *machine, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    auto *theme =
        new SegmentedControl({tr("System"), tr("Light"), tr("Dark")}, this); // as the enum
    theme->setObjectName(QStringLiteral("themeControl"));
    theme->setCurrent(static_cast<int>(settings.theme()));
    auto *tints = new ToggleSwitch(this);
    tints->setObjectName(QStringLiteral("tintSwitch"));
    tints->setAccessibleName(tr("Token tints"));
    tints->setChecked(settings.tokenTints());
    auto *frames = new QSpinBox(this);
    frames->setRange(Settings::kMinChartFrames, Settings::kMaxChartFrames);
    frames->setSuffix(tr(" per second"));
    frames->setValue(settings.chartFramesPerSecond());
    auto *hint = new QLabel(tr("Tints show where one token of an answer ends and the next begins. "
                               "Fewer chart frames leave more of a small machine to the model."),
                            this);
    hint->setProperty("kind", QStringLiteral("caption"));
    hint->setWordWrap(true);
    auto *form = new QFormLayout;
    form->setSpacing(space::kBetween);
    form->addRow(tr("Theme"), theme);
    form->addRow(tr("Token tints"), tints);
    form->addRow(tr("Chart frames"), frames);
    auto *close = new QPushButton(tr("Close"), this);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(space::kEdge, space::kEdge, space::kEdge, space::kEdge);
    page->setSpacing(space::kEdge);
    page->addLayout(form);
    page->addWidget(hint);
    if (machine != nullptr)
        page->addWidget(machine);
    page->addStretch(1);
    page->addWidget(close, 0, Qt::AlignRight);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(theme, &SegmentedControl::currentChanged, &settings,
            [&settings](int index) { settings.setTheme(static_cast<Settings::Theme>(index)); });
    connect(tints, &ToggleSwitch::toggled, &settings, &Settings::setTokenTints);
    connect(frames, &QSpinBox::valueChanged, &settings, &Settings::setChartFramesPerSecond);
    const int width = Theme::current().px(machine != nullptr ? 480 : 400);
    resize(width, std::max(sizeHint().height(), page->heightForWidth(width)));
}

} // namespace inferlab
