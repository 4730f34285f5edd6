#include "capacity_panel.h"

#include "app/experiment/measured_points.h"
#include "engine/base/byte_text.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr double kMostGib = 100000;
constexpr double kDefaultGib = 8;
constexpr int kMostTokens = 1 << 24;

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

// What the run that took most took.
QString measuredWords(const ExperimentResult &result)
{
    const PointResult *largest = nullptr;
    const MeasuredRun *most = nullptr;
    const auto bytes = [](const MeasuredRun &run) {
        return run.weightBytes + run.cacheBytes + run.workspaceBytes;
    };
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            if (bytes(run) > 0 && (most == nullptr || bytes(run) > bytes(*most))) {
                largest = &point;
                most = &run;
            }
        }
    }
    if (most == nullptr)
        return {};
    return QObject::tr("Measured: %1 took %2: %3 of weights, %4 of cache, %5 of workspace.")
        .arg(text(largest->point.label), text(byteText(bytes(*most))),
             text(byteText(most->weightBytes)), text(byteText(most->cacheBytes)),
             text(byteText(most->workspaceBytes)));
}

} // namespace

CapacityPanel::CapacityPanel(QWidget *parent)
    : QWidget(parent)
    , m_memory(new QDoubleSpinBox(this))
    , m_context(new QSpinBox(this))
    , m_model(new QComboBox(this))
    , m_sentence(new QLabel(this))
    , m_measured(new QLabel(this))
{
    m_memory->setRange(0.01, kMostGib);
    m_memory->setDecimals(2);
    m_memory->setSuffix(tr(" GiB"));
    m_memory->setValue(kDefaultGib);
    m_memory->setAccessibleName(tr("Memory for weights and caches"));
    m_context->setRange(1, kMostTokens);
    m_context->setGroupSeparatorShown(true);
    m_context->setSuffix(tr(" tokens"));
    m_context->setValue(1024);
    m_context->setAccessibleName(tr("Prompt and answer of each user"));
    for (QLabel *label : {m_sentence, m_measured}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_measured->setProperty("kind", QStringLiteral("muted"));
    auto *heading = new QLabel(tr("How many users fit"), this);
    heading->setProperty("kind", QStringLiteral("title"));
    auto *row = new QHBoxLayout;
    row->setSpacing(space::kInside);
    row->addWidget(new QLabel(tr("Memory"), this));
    row->addWidget(m_memory);
    row->addSpacing(space::kInside);
    row->addWidget(new QLabel(tr("Each user"), this));
    row->addWidget(m_context);
    row->addWidget(m_model);
    row->addStretch(1);
    m_model->setAccessibleName(tr("Model"));
    m_model->hide();
    connect(m_model, &QComboBox::currentIndexChanged, this, &CapacityPanel::refresh);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kInside);
    column->addWidget(heading);
    column->addLayout(row);
    column->addWidget(m_sentence);
    column->addWidget(m_measured);
    connect(m_memory, &QDoubleSpinBox::valueChanged, this, [this] {
        m_ownMemory = true;
        refresh();
    });
    connect(m_context, &QSpinBox::valueChanged, this, [this] {
        m_ownContext = true;
        refresh();
    });
    refresh();
}

void CapacityPanel::setExperiment(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    setModels(capacityModels(result, outlook));
    if (const int64_t longest = longestRequestTokens(result); longest > 0 && !m_ownContext) {
        const QSignalBlocker quiet(m_context);
        m_context->setValue(static_cast<int>(std::min<int64_t>(longest, kMostTokens)));
    }
    m_measured->setText(measuredWords(result));
    m_measured->setVisible(!m_measured->text().isEmpty());
    refresh();
}

// Which of them: chosen only where there are several; the choice stays while they do.
void CapacityPanel::setModels(std::vector<CapacityModel> models)
{
    const QString chosen = m_model->currentText();
    const QSignalBlocker quiet(m_model);
    m_models = std::move(models);
    m_model->clear();
    for (const CapacityModel &model : m_models)
        m_model->addItem(text(model.name));
    m_model->setCurrentIndex(std::max(m_model->findText(chosen), m_models.empty() ? -1 : 0));
    m_model->setVisible(m_models.size() > 1);
}

void CapacityPanel::setFreeBytes(uint64_t bytes)
{
    if (m_ownMemory || bytes == 0)
        return;
    const QSignalBlocker quiet(m_memory);
    m_memory->setValue(static_cast<double>(bytes) / kGibibyte);
    refresh();
}

void CapacityPanel::refresh()
{
    CapacityQuestion question;
    question.memoryBytes = static_cast<uint64_t>(m_memory->value() * kGibibyte);
    const auto chosen = static_cast<size_t>(std::max(m_model->currentIndex(), 0));
    const CapacityModel model = chosen < m_models.size() ? m_models[chosen] : CapacityModel();
    question.weightBytes = model.weightBytes;
    question.kvBytesPerToken = model.kvBytesPerToken;
    question.contextTokens = static_cast<uint64_t>(m_context->value());
    m_capacity = model.kvBytesPerToken > 0 ? capacityOf(question) : std::nullopt;
    m_sentence->setText(m_capacity
                            ? text(m_capacity->sentence)
                            : tr("Not known yet: it needs the model's file, which is read when the "
                                 "experiment's model is chosen on the Run page."));
}

} // namespace inferlab
