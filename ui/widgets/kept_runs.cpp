// The list of kept runs.
#include "kept_runs.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

// "CPU, batch 8", and the second of that name "CPU, batch 8 (2)".
std::string freeLabel(const std::vector<RunRecordPtr> &runs, const std::string &label)
{
    const auto taken = [&runs](const std::string &name) {
        return std::any_of(runs.begin(), runs.end(),
                           [&name](const RunRecordPtr &run) { return run->label == name; });
    };
    std::string name = label;
    for (int number = 2; taken(name); ++number)
        name = label + " (" + std::to_string(number) + ")";
    return name;
}

} // namespace

KeptRuns::KeptRuns(QWidget *parent)
    : QWidget(parent)
    , m_rows(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("keptRuns"));
    setAccessibleName(tr("Runs kept for comparison"));
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(0);
    hide();
}

bool KeptRuns::keep(const RunRecordPtr &run)
{
    if (run == nullptr || std::find(m_origins.begin(), m_origins.end(), run) != m_origins.end())
        return false;
    RunRecordPtr kept = run;
    if (const std::string label = freeLabel(m_runs, run->label); label != run->label) {
        auto named = std::make_shared<RunRecord>(*run);
        named->label = label;
        kept = std::move(named);
    }
    m_runs.push_back(std::move(kept));
    m_origins.push_back(run);
    if (m_runs.size() > kMaxRuns)
        remove(0);
    rebuild();
    emit changed();
    return true;
}

void KeptRuns::remove(size_t index)
{
    if (index >= m_runs.size())
        return;
    const auto at = static_cast<std::ptrdiff_t>(index);
    m_removed = m_runs[index];
    m_removedOrigin = m_origins[index];
    m_removedIndex = index;
    m_runs.erase(m_runs.begin() + at);
    m_origins.erase(m_origins.begin() + at);
    rebuild();
    emit changed();
    emit removed(QString::fromStdString(m_removed->label));
}

void KeptRuns::undoRemove()
{
    if (m_removed == nullptr)
        return;
    const auto at = static_cast<std::ptrdiff_t>(std::min(m_removedIndex, m_runs.size()));
    m_runs.insert(m_runs.begin() + at, std::exchange(m_removed, nullptr));
    m_origins.insert(m_origins.begin() + at, m_removedOrigin);
    rebuild();
    emit changed();
}

void KeptRuns::rebuild()
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (QWidget *row = item->widget()) {
            row->hide(); // a click of this row may be what brought us here: it goes later
            row->deleteLater();
        }
        delete item;
    }
    for (size_t i = 0; i < m_runs.size(); ++i)
        m_rows->addWidget(makeRow(i));
    setVisible(!m_runs.empty());
}

QWidget *KeptRuns::makeRow(size_t index)
{
    const QString label = QString::fromStdString(m_runs[index]->label);
    auto *row = new QWidget(this);
    auto *show = new QPushButton(tr("Kept: %1").arg(label), row);
    show->setProperty("kind", QStringLiteral("listRow"));
    show->setToolTip(tr("Show this run"));
    show->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto *away = new QToolButton(row);
    away->setProperty("kind", QStringLiteral("quiet"));
    away->setText(QStringLiteral("✕"));
    away->setToolTip(tr("Take it off the charts (can be undone)"));
    away->setAccessibleName(tr("Remove %1").arg(label));
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(show, 1);
    layout->addWidget(away);
    connect(show, &QPushButton::clicked, this,
            [this, index] { emit showRequested(m_runs[index]); });
    connect(away, &QToolButton::clicked, this, [this, index] { remove(index); });
    return row;
}

} // namespace inferlab
