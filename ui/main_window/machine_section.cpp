#include "machine_section.h"

#include "app/machine/read_rates_text.h"
#include "app/session/session.h"
#include "engine/base/number_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/widget_kind.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

namespace inferlab {

namespace {

QString giga(double perSecond)
{
    return QString::fromStdString(shortText(perSecond * 1e-9, 3));
}

QString dateInWords(const std::string &iso)
{
    const QString written = QString::fromStdString(iso);
    const QDateTime date = QDateTime::fromString(written, Qt::ISODate);
    return date.isValid() ? QLocale(QLocale::English)
                                .toString(date.toLocalTime(), QStringLiteral("d MMM yyyy, HH:mm"))
                          : written;
}

QString figuresInWords(const Calibration &calibration)
{
    const DeviceLimits &limits = calibration.limits;
    const QString caches = QString::fromStdString(readRatesText(limits));
    const QString fromCaches = caches.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(caches);
    QString words =
        QObject::tr("Measured %1: reads %2 GB/s%3; products %4 GOP/s in int8, %5 GFLOP/s in bf16, "
                    "%6 in f32")
            .arg(dateInWords(calibration.date), giga(limits.bytesPerSecond), fromCaches,
                 giga(limits.productsPerSecond[0]), giga(limits.productsPerSecond[1]),
                 giga(limits.productsPerSecond[2]));
    if (!calibration.disturbed.empty())
        words += QObject::tr(". Too low, since %1: measured again with the next experiment")
                     .arg(QString::fromStdString(calibration.disturbed));
    if (calibration.batchInvariantCost)
        words +=
            QObject::tr(". The same answer in any batch takes %1% more of a decode step")
                .arg(QString::fromStdString(shortText(*calibration.batchInvariantCost * 100, 2)));
    return words;
}

} // namespace

MachineSection::MachineSection(Session &session, std::function<ModelChoice()> choice,
                               std::filesystem::path calibrations, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_choice(std::move(choice))
    , m_calibrator(new Calibrator(std::move(calibrations), this))
    , m_hardware(new QLabel(this))
    , m_figures(new QLabel(this))
    , m_calibrate(new QPushButton(tr("Calibrate again"), this))
{
    m_hardware->setObjectName(QStringLiteral("machineHardware"));
    m_figures->setObjectName(QStringLiteral("machineFigures"));
    m_calibrate->setObjectName(QStringLiteral("calibrateButton"));
    m_figures->setProperty("kind", QStringLiteral("caption"));
    for (QLabel *label : {m_hardware, m_figures}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto *title = new QLabel(tr("This machine"), this);
    title->setProperty("kind", QStringLiteral("title"));
    auto *head = new QHBoxLayout;
    head->setSpacing(space::kBetween);
    head->addWidget(title, 1);
    head->addWidget(m_calibrate);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kInside);
    column->addLayout(head);
    column->addWidget(m_hardware);
    column->addWidget(m_figures);
    connect(m_calibrate, &QPushButton::clicked, this, &MachineSection::measure);
    connect(m_calibrator, &Calibrator::answered, this, &MachineSection::show);
    connect(m_calibrator, &Calibrator::stopped, this, [this] {
        m_figures->setText(tr("Not measured: something else began to run"));
        refreshButton();
    });
    connect(&m_session, &Session::statusChanged, this, [this] {
        if (m_session.isBusy())
            m_calibrator->stop(); // it would measure half a machine
        refreshButton();
    });
    const ModelChoice now = m_choice();
    m_hardware->setText(tr("Looking"));
    m_calibrator->look(now.device, now.threads);
    refreshButton();
}

void MachineSection::measure()
{
    const ModelChoice now = m_choice();
    setCaption(m_figures, false);
    m_figures->setText(tr("Measuring, about 2 s"));
    m_calibrator->measure(now.device, now.threads);
    refreshButton();
}

void MachineSection::show(const CalibrationAnswer &answer)
{
    m_hardware->setText(answer.hardware.empty() ? tr("The device does not open")
                                                : QString::fromStdString(answer.hardware));
    QString figures = answer.calibration ? figuresInWords(*answer.calibration)
        : answer.problem.empty() ? tr("Not measured yet: that is done before the first experiment, "
                                      "or now. Predictions need it")
                                 : QString();
    if (!answer.problem.empty())
        figures += (figures.isEmpty() ? QString() : QStringLiteral("\n"))
            + QString::fromStdString(answer.problem);
    setCaption(m_figures, !answer.problem.empty());
    m_figures->setText(figures);
    refreshButton();
}

void MachineSection::refreshButton()
{
    const bool busy = m_session.isBusy();
    m_calibrate->setEnabled(!busy && !m_calibrator->isBusy());
    m_calibrate->setToolTip(
        busy ? tr("Something is running: it would measure half a machine")
             : tr("What this machine's memory and cores reach with the program's "
                  "kernels: predictions and verdicts rest on it"));
}

} // namespace inferlab
