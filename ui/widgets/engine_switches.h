// The switches that change what a run costs: device, KV cache, batch, new tokens, threads. Each
// says what it will do before it is used.
#pragma once

#include "app/session/session_types.h"
#include "gpu_line.h"

#include <QWidget>
#include <vector>

class QLabel;
class QSpinBox;

namespace inferlab {

class SegmentedControl;
class ToggleSwitch;

class EngineSwitches : public QWidget
{
    Q_OBJECT

public:
    explicit EngineSwitches(QWidget *parent = nullptr);

    QString device() const; // "cpu" or "cuda"
    bool kvCache() const;
    int batch() const;
    int newTokens() const;
    int threads() const;      // 0: all cores
    bool usesThreads() const; // the chosen device computes with them

    void setDevices(const std::vector<DeviceInfo> &devices);
    void setDevice(const QString &kind); // nothing changes when it is not available
    void setKvCache(bool on);
    // Within 1 to 256. A size that is not offered takes the place of the nearest while it is
    // chosen.
    void setBatch(int batch);
    void setNewTokens(int tokens);
    void setThreads(int threads);

    // For the consequence lines. Null plan: nothing is said about memory.
    void setLoaded(const std::optional<ModelSummary> &loaded);
    void setMemory(const MemoryPlan *plan);
    // Who asks the GPU's driver; shown while the GPU is chosen.
    void setGpuWatch(std::shared_ptr<GpuWatch> watch);
    GpuLine *gpuLine() const noexcept { return m_gpu; }
    QWidget *threadsRow() const noexcept { return m_threadsRow; } // for a fold of its own

    SegmentedControl *deviceControl() const noexcept { return m_device; }
    SegmentedControl *batchControl() const noexcept { return m_batch; }
    ToggleSwitch *kvSwitch() const noexcept { return m_kv; }

signals:
    void changed();
    void deviceChanged();

private:
    void offer(size_t index, int batch);
    void showGpu();
    void refresh();

    std::vector<DeviceInfo> m_devices;
    std::optional<ModelSummary> m_loaded;
    SegmentedControl *m_device;
    QLabel *m_deviceHint = nullptr;
    GpuLine *m_gpu;
    std::shared_ptr<GpuWatch> m_gpuWatch;
    ToggleSwitch *m_kv;
    QLabel *m_kvHint = nullptr;
    SegmentedControl *m_batch;
    std::vector<int> m_batches; // what its buttons stand for
    QLabel *m_memoryHint = nullptr;
    QSpinBox *m_newTokens;
    QWidget *m_threadsRow;
    QSpinBox *m_threads;
};

} // namespace inferlab
