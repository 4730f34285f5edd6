// A history page on a history of its own, for the tests of what it does.
#pragma once

#include "app/history/history.h"
#include "app/history/history_store.h"
#include "support/synthetic_run.h"
#include "ui/pages/history/history_details.h"
#include "ui/pages/history/history_model.h"
#include "ui/pages/history/history_page.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/error_bar.h"

#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

namespace inferlab::test {

inline constexpr int kPatienceMs = 30000;

class HistoryPageFixture
{
public:
    HistoryPageFixture()
        : theme(*qApp, [] { return false; })
        , history(folder.filePath(QStringLiteral("history.sqlite")))
        , page(std::make_unique<HistoryPage>(&history))
    {
        page->resize(1280, 700);
        page->show();
        if (!QTest::qWaitForWindowExposed(page.get()))
            qFatal("the page does not show");
    }

    HistoryStore store() { return HistoryStore(folder.filePath(QStringLiteral("history.sqlite"))); }
    QStringList names() const
    {
        QStringList names;
        for (int row = 0; row < page->model()->rowCount(); ++row)
            names << page->model()->run(row).name;
        return names;
    }
    void keep(const std::vector<RunRecord> &runs)
    {
        for (const RunRecord &run : runs)
            ids.push_back(history.save(run));
        waitFor(static_cast<int64_t>(ids.size()));
    }
    void waitFor(int64_t total)
    {
        if (!QTest::qWaitFor(
                [&] { return page->model()->isLoaded() && page->model()->total() == total; },
                kPatienceMs))
            qFatal("the list does not come");
    }
    // By mouse; with Ctrl it is added to those that are marked.
    void click(int row, Qt::KeyboardModifiers modifiers = {})
    {
        const QRect cell = page->table()->visualRect(page->model()->index(row, HistoryModel::Name));
        QTest::mouseClick(page->table()->viewport(), Qt::LeftButton, modifiers, cell.center());
    }

    QTemporaryDir folder;
    ThemeController theme;
    History history;
    std::unique_ptr<HistoryPage> page;
    std::vector<int64_t> ids;
};

} // namespace inferlab::test
