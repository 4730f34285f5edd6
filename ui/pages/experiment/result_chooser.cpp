#include "result_chooser.h"

#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <algorithm>

namespace inferlab {

namespace {

constexpr double kWidth = 540; // pixels at 100%

} // namespace

ResultChooser::ResultChooser(QWidget *parent)
    : QWidget(parent)
    , m_box(new QComboBox(this))
    , m_open(new QPushButton(tr("Open results…"), this))
{
    m_box->setObjectName(QStringLiteral("experimentResults"));
    m_box->setAccessibleName(tr("Results of this experiment"));
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_box->setMinimumContentsLength(8);
    m_open->setToolTip(tr("Shows what an experiment left in a folder, also one that was run "
                          "without the window"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kInside);
    row->addWidget(m_box, 1);
    row->addWidget(m_open);
    connect(m_box, &QComboBox::activated, this, [this](int index) {
        if (index >= 0 && index < static_cast<int>(m_results.size()))
            emit chosen(folderOf(m_results[static_cast<size_t>(index)]));
    });
    connect(m_open, &QPushButton::clicked, this, &ResultChooser::openWanted);
}

QSize ResultChooser::sizeHint() const
{
    return {Theme::current().px(kWidth), QWidget::sizeHint().height()};
}

void ResultChooser::setResults(std::vector<ResultSummary> results, const QString &shown,
                               const QString &placeholder)
{
    m_results = std::move(results);
    const QSignalBlocker quiet(m_box);
    m_box->clear();
    m_box->setPlaceholderText(placeholder);
    int at = -1;
    for (const ResultSummary &result : m_results) {
        if (folderOf(result) == shown)
            at = m_box->count();
        m_box->addItem(resultName(result));
        m_box->setItemData(m_box->count() - 1, resultDetails(result), Qt::ToolTipRole);
    }
    m_box->setCurrentIndex(at);
    m_box->setToolTip(at < 0 ? placeholder : m_box->itemData(at, Qt::ToolTipRole).toString());
    m_box->setEnabled(!m_results.empty());
}

const ResultSummary *ResultChooser::find(const QString &folder) const
{
    const auto found =
        std::find_if(m_results.begin(), m_results.end(),
                     [&folder](const ResultSummary &result) { return folderOf(result) == folder; });
    return found == m_results.end() ? nullptr : &*found;
}

} // namespace inferlab
