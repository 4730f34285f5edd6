// The chips of kept runs, in rows.
#include "kept_runs.h"

#include "ui/charts/plot_paint.h"
#include "ui/charts/telling_text.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QResizeEvent>
#include <QToolButton>
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
{
    setObjectName(QStringLiteral("keptRuns"));
    setAccessibleName(tr("Runs kept for comparison"));
    hide();
}

bool KeptRuns::keep(const RunRecordPtr &run)
{
    if (run == nullptr)
        return false;
    for (size_t i = 0; i < m_runs.size(); ++i) {
        if (isAt(i, run))
            return false;
    }
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

bool KeptRuns::isAt(size_t index, const RunRecordPtr &run) const
{
    return m_runs[index] == run || m_origins[index] == run;
}

std::vector<RunRecordPtr> KeptRuns::earlier() const
{
    std::vector<RunRecordPtr> others;
    for (size_t i = 0; i < m_runs.size(); ++i) {
        if (!isAt(i, m_shown))
            others.push_back(m_runs[i]);
    }
    return others;
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

void KeptRuns::setShown(const RunRecordPtr &run)
{
    if (std::exchange(m_shown, run) != run)
        paintMarks();
}

void KeptRuns::rebuild()
{
    for (QWidget *chip : std::exchange(m_chips, {})) {
        chip->hide(); // a click of this chip may be what brought us here: it goes later
        chip->deleteLater();
    }
    for (size_t i = 0; i < m_runs.size(); ++i) {
        m_chips.push_back(makeChip(i));
        m_chips.back()->show();
    }
    paintMarks();
    arrange();
    setVisible(!m_runs.empty());
}

QWidget *KeptRuns::makeChip(size_t index)
{
    const QString label = QString::fromStdString(m_runs[index]->label);
    auto *chip = new QFrame(this);
    chip->setProperty("kind", QStringLiteral("chip"));
    auto *show = new QPushButton(label, chip);
    show->setProperty("kind", QStringLiteral("listRow"));
    show->setAccessibleName(tr("Kept: %1").arg(label));
    show->setToolTip(tr("Kept: %1. Click to show this run").arg(label));
    show->setMinimumWidth(0);
    auto *away = new QToolButton(chip);
    away->setProperty("kind", QStringLiteral("quiet"));
    away->setText(QStringLiteral("✕"));
    away->setToolTip(tr("Take it off the charts (can be undone)"));
    away->setAccessibleName(tr("Remove %1").arg(label));
    auto *layout = new QHBoxLayout(chip);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(show, 1);
    layout->addWidget(away);
    connect(show, &QPushButton::clicked, this,
            [this, index] { emit showRequested(m_runs[index]); });
    connect(away, &QToolButton::clicked, this, [this, index] { remove(index); });
    return chip;
}

// In rows, none wider than `widest`. Returns the number of rows.
int KeptRuns::place(int widest, bool move)
{
    const int gap = Theme::current().px(space::kStep);
    int x = 0;
    int row = 0;
    for (QWidget *chip : m_chips) {
        QSize size = chip->sizeHint();
        size.setWidth(std::min(size.width(), widest));
        if (x > 0 && x + size.width() > width()) {
            x = 0;
            ++row;
        }
        if (move)
            chip->setGeometry(QRect(QPoint(x, row * (size.height() + gap)), size));
        x += size.width() + gap;
    }
    return row + 1;
}

// As wide as their labels where there is room, else narrower until two rows are enough.
void KeptRuns::arrange()
{
    if (m_chips.empty() || width() <= 0)
        return;
    for (size_t i = 0; i < m_chips.size(); ++i)
        m_chips[i]->findChild<QPushButton *>()->setText(QString::fromStdString(m_runs[i]->label));
    const int gap = Theme::current().px(space::kStep);
    int widest = width();
    for (int columns = 2; place(widest, false) > kMostRows && columns <= int(kMaxRuns); ++columns)
        widest = (width() - gap * (columns - 1)) / columns;
    const int rows = place(widest, true);
    fillWords();
    setFixedHeight(rows * m_chips.front()->sizeHint().height() + (rows - 1) * gap);
}

// Chips that are narrower than their labels keep what tells them from the others.
void KeptRuns::fillWords()
{
    QStringList all;
    for (const RunRecordPtr &run : m_runs)
        all << QString::fromStdString(run->label);
    for (size_t i = 0; i < m_chips.size(); ++i) {
        const int lacking = m_chips[i]->sizeHint().width() - m_chips[i]->width();
        if (lacking <= 0)
            continue;
        auto *show = m_chips[i]->findChild<QPushButton *>();
        const QFontMetricsF metrics(show->font());
        const auto at = static_cast<qsizetype>(i);
        show->setText(tellingText(all, at, metrics, metrics.horizontalAdvance(all[at]) - lacking));
    }
}

// The shapes by which the charts tell earlier runs apart; see overlaidRuns().
void KeptRuns::paintMarks()
{
    PlotLook look;
    look.theme = Theme::current();
    const int side = look.theme.px(12);
    auto age = static_cast<int>(earlier().size());
    for (size_t i = 0; i < m_chips.size(); ++i) {
        LegendEntry entry;
        entry.kind = PlotKind::Dots;
        entry.age = isAt(i, m_shown) ? 0 : age--;
        entry.marker = markerOfAge(entry.age);
        QPixmap mark(QSize(side, side) * devicePixelRatioF());
        mark.setDevicePixelRatio(devicePixelRatioF());
        mark.fill(Qt::transparent);
        {
            QPainter painter(&mark);
            paintSwatch(painter, entry, QRectF(0, 0, side, side), look);
        }
        auto *show = m_chips[i]->findChild<QPushButton *>();
        show->setIconSize({side, side});
        show->setIcon(QIcon(mark));
    }
}

void KeptRuns::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        arrange();
}

void KeptRuns::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange)
        return;
    paintMarks();
    // The chips' own fonts change after this.
    QMetaObject::invokeMethod(this, &KeptRuns::arrange, Qt::QueuedConnection);
}

} // namespace inferlab
