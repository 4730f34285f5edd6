// Tabs and pages side by side, in one order.
#include "page_bar.h"

#include <QStackedWidget>

namespace inferlab {

PageBar::PageBar(QStackedWidget *pages, QWidget *parent)
    : QTabBar(parent)
    , m_pages(pages)
{
    setObjectName(QStringLiteral("pageBar"));
    setDrawBase(false);
    setExpanding(false);
    setElideMode(Qt::ElideNone);
    setUsesScrollButtons(false); // a header has room for all
    setVisible(false);
    connect(this, &QTabBar::currentChanged, this, [this](int index) {
        if (index < 0) // the bar is being taken down
            return;
        m_pages->setCurrentIndex(index);
        emit pageChanged(m_ids[index]);
    });
}

void PageBar::addPage(const QString &id, const QString &title, QWidget *page, const QString &help)
{
    m_ids.append(id);
    m_pages->addWidget(page);
    const int index = addTab(title);
    setAccessibleTabName(index, title);
    setTabToolTip(index, help);
    setVisible(count() > 1);
}

bool PageBar::showPage(const QString &id)
{
    const auto index = m_ids.indexOf(id);
    if (index < 0)
        return false;
    setCurrentIndex(static_cast<int>(index));
    return true;
}

} // namespace inferlab
