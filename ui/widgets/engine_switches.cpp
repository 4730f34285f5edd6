// Device, KV cache, batch, length and threads.
#include "engine_switches.h"

#include "consequences.h"
#include "figures.h"
#include "segmented_control.h"
#include "switch_rows.h"
#include "toggle_switch.h"
#include "widget_kind.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cstdlib>

namespace inferlab {

namespace {

constexpr std::array<const char *, 2> kDevices {"cpu", "cuda"}; // in the order of the buttons
constexpr std::array<int, 9> kBatches {1,  2,  4,   8,  16,
                                       32, 64, 128, 256}; // the engine takes 1 to 256
constexpr int kMaxNewTokens = 100'000;
constexpr int kMaxThreads = 512;

QStringList batchLabels()
{
    QStringList labels;
    for (const int batch : kBatches)
        labels += QString::number(batch);
    return labels;
}

void showConsequence(QLabel *label, const Consequence &consequence)
{
    label->setText(consequence.text);
    label->setVisible(!consequence.text.isEmpty());
    setCaption(label, consequence.warning);
}

} // namespace

EngineSwitches::EngineSwitches(QWidget *parent)
    : QWidget(parent)
    , m_device(new SegmentedControl({tr("CPU"), tr("GPU")}, this))
    , m_gpu(new GpuLine(this))
    , m_kv(new ToggleSwitch(this))
    , m_batch(new SegmentedControl(batchLabels(), this))
    , m_batches(kBatches.begin(), kBatches.end())
    , m_newTokens(new QSpinBox(this))
    , m_threadsRow(new QWidget(this))
    , m_threads(new QSpinBox(m_threadsRow))
{
    m_device->setObjectName(QStringLiteral("deviceControl"));
    m_batch->setObjectName(QStringLiteral("batchControl"));
    m_kv->setObjectName(QStringLiteral("kvSwitch"));
    m_newTokens->setObjectName(QStringLiteral("newTokens"));
    m_kv->setChecked(true);
    m_newTokens->setRange(1, kMaxNewTokens);
    m_newTokens->setValue(RunSettings {}.maxNewTokens);
    m_newTokens->setGroupSeparatorShown(true);
    m_newTokens->setToolTip(tr("Each answer has at most this many tokens"));
    m_threads->setRange(0, kMaxThreads);
    m_threads->setObjectName(QStringLiteral("threads"));
    m_threads->setSpecialValueText(tr("all cores"));
    m_batch->setToolTip(tr("Answers to the same prompt, advancing together"));

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(labelledRow(tr("Device"), m_device, this));
    m_deviceHint = addHint(column, this);
    column->addWidget(m_gpu);
    column->addLayout(labelledRow(tr("KV cache"), m_kv, this));
    m_kvHint = addHint(column, this);
    auto *batchLabel = new QLabel(tr("Batch"), this);
    m_batch->setAccessibleName(tr("Batch"));
    column->addWidget(batchLabel);
    column->addWidget(m_batch);
    m_memoryHint = addHint(column, this);
    column->addLayout(labelledRow(tr("New tokens"), m_newTokens, this));

    auto *threads = labelledRow(tr("Threads"), m_threads, m_threadsRow);
    threads->setContentsMargins(0, 0, 0, 0);
    m_threadsRow->setLayout(threads);

    connect(m_device, &SegmentedControl::currentChanged, this, [this] {
        showGpu();
        refresh();
        emit deviceChanged();
        emit changed();
    });
    connect(m_kv, &ToggleSwitch::toggled, this, &EngineSwitches::changed);
    connect(m_kv, &ToggleSwitch::toggled, this, &EngineSwitches::refresh);
    connect(m_batch, &SegmentedControl::currentChanged, this, [this](int current) {
        for (size_t i = 0; i < kBatches.size(); ++i) {
            if (static_cast<int>(i) != current)
                offer(i, kBatches.at(i));
        }
        refresh();
        emit changed();
    });
    connect(m_newTokens, &QSpinBox::valueChanged, this, &EngineSwitches::changed);
    connect(m_threads, &QSpinBox::valueChanged, this, &EngineSwitches::changed);
    refresh();
    setMemory(nullptr);
}

QString EngineSwitches::device() const
{
    return QLatin1String(kDevices.at(static_cast<size_t>(m_device->current())));
}

bool EngineSwitches::kvCache() const
{
    return m_kv->isChecked();
}

int EngineSwitches::batch() const
{
    return m_batches.at(static_cast<size_t>(m_batch->current()));
}

int EngineSwitches::newTokens() const
{
    return m_newTokens->value();
}

int EngineSwitches::threads() const
{
    return m_threads->value();
}

bool EngineSwitches::usesThreads() const
{
    return device() != QLatin1String("cuda");
}

void EngineSwitches::setDevices(const std::vector<DeviceInfo> &devices)
{
    m_devices = devices;
    for (const DeviceInfo &device : devices) {
        for (size_t i = 0; i < kDevices.size(); ++i) {
            if (device.kind != kDevices.at(i))
                continue;
            const std::string &why = device.available ? device.name : device.reason;
            m_device->setAvailable(static_cast<int>(i), device.available,
                                   QString::fromStdString(why));
        }
    }
    refresh();
}

void EngineSwitches::setDevice(const QString &kind)
{
    for (size_t i = 0; i < kDevices.size(); ++i) {
        if (kind == QLatin1String(kDevices.at(i)) && m_device->isAvailable(static_cast<int>(i)))
            m_device->setCurrent(static_cast<int>(i));
    }
}

void EngineSwitches::setKvCache(bool on)
{
    m_kv->setChecked(on);
}

void EngineSwitches::setBatch(int batch)
{
    const int wanted = std::clamp(batch, kBatches.front(), kBatches.back());
    size_t nearest = 0;
    for (size_t i = 0; i < kBatches.size(); ++i) {
        if (std::abs(kBatches.at(i) - wanted) < std::abs(kBatches.at(nearest) - wanted))
            nearest = i;
    }
    const bool sameButton = m_batch->current() == static_cast<int>(nearest);
    const bool sameSize = m_batches.at(nearest) == wanted;
    offer(nearest, wanted);
    m_batch->setCurrent(static_cast<int>(nearest)); // signals when it is another button
    if (sameButton && !sameSize) {
        refresh();
        emit changed();
    }
}

void EngineSwitches::offer(size_t index, int batch)
{
    if (m_batches.at(index) == batch)
        return;
    m_batches.at(index) = batch;
    m_batch->setLabel(static_cast<int>(index), QString::number(batch));
}

void EngineSwitches::setNewTokens(int tokens)
{
    m_newTokens->setValue(tokens);
}

void EngineSwitches::setThreads(int threads)
{
    m_threads->setValue(threads);
}

void EngineSwitches::setGpuWatch(std::shared_ptr<GpuWatch> watch)
{
    m_gpuWatch = std::move(watch);
    showGpu();
}

void EngineSwitches::showGpu()
{
    m_gpu->setSource(device() == QLatin1String("cuda") ? m_gpuWatch : nullptr);
}

void EngineSwitches::setLoaded(const std::optional<ModelSummary> &loaded)
{
    m_loaded = loaded;
    refresh();
}

void EngineSwitches::setMemory(const MemoryPlan *plan)
{
    showConsequence(m_memoryHint,
                    plan == nullptr ? Consequence {}
                                    : memoryConsequence(batch(), kvCache(), *plan));
}

// The GPU's reason is said even while the CPU is chosen: else nobody learns why the button is grey.
void EngineSwitches::refresh()
{
    Consequence device;
    for (const DeviceInfo &info : m_devices) {
        if (info.kind == this->device().toStdString())
            device = deviceConsequence(info, m_loaded);
    }
    for (const DeviceInfo &info : m_devices) {
        if (info.kind == "cuda" && !info.available)
            device.text += (device.text.isEmpty() ? QString() : QStringLiteral("\n"))
                + tr("GPU not available: %1").arg(QString::fromStdString(info.reason));
    }
    showConsequence(m_deviceHint, device);
    showConsequence(m_kvHint, kvCacheConsequence(kvCache(), batch() == 1));
    m_threads->setEnabled(usesThreads());
    m_threads->setToolTip(usesThreads()
                              ? tr("Takes effect with the next run; the text stays the same")
                              : tr("Of the CPU; on the GPU every kernel has threads of its own"));
}

} // namespace inferlab
