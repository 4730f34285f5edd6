// The window's pages by name: "[Run] Experiments Compare". A bar of tabs for the header that turns
// a stack of pages; it hides while there is only one.
#pragma once

#include <QStringList>
#include <QTabBar>

class QStackedWidget;

namespace inferlab {

class PageBar : public QTabBar
{
    Q_OBJECT

public:
    // The stack must outlive the bar, and pages come into it through the bar alone.
    explicit PageBar(QStackedWidget *pages, QWidget *parent = nullptr);

    // The last of the bar; `id` is what the settings remember, `help` a sentence for its tooltip.
    // The stack takes the page over. The first page added is shown.
    void addPage(const QString &id, const QString &title, QWidget *page, const QString &help);
    bool showPage(const QString &id); // false: there is no such page
    QString currentPage() const { return m_ids.value(currentIndex()); }
    const QStringList &ids() const noexcept { return m_ids; }

signals:
    void pageChanged(const QString &id);

private:
    QStackedWidget *m_pages;
    QStringList m_ids;
};

} // namespace inferlab
